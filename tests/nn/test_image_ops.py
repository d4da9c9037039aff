"""The image operations against NumPy restatements."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn import image_ops


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def assert_close(ours, wanted):
    assert ours.shape == wanted.shape
    np.testing.assert_allclose(ours, wanted, rtol=1e-4, atol=1e-5)


def restated_norm(x, scale, offset, epsilon):
    mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    return (x - mean) / np.sqrt(variance + epsilon) * scale + offset


def restated_windows(x, size):
    """Each pixel's size x size neighbourhood, [B, H, W, size * size, C]; NaN beyond."""
    edge, (_, height, width, _) = size // 2, x.shape
    padded = np.pad(
        x, [(0, 0), (edge, edge), (edge, edge), (0, 0)], constant_values=np.nan
    )
    shifts = [(i, j) for i in range(size) for j in range(size)]
    return np.stack(
        [padded[:, i : i + height, j : j + width] for i, j in shifts], axis=3
    )


@pytest.mark.parametrize("epsilon", [1e-5, 1e-3, 0.5])
def test_batch_norm_uses_the_statistics_of_the_batch(epsilon):
    x, scale, offset = 3.0 * normal(4, 3, 5, 2) + 1.0, normal(2, seed=1), normal(2)
    ours = image_ops.batch_norm(x, scale, offset, epsilon=epsilon)
    assert_close(ours, restated_norm(x, scale, offset, epsilon))


def test_the_usual_epsilon_of_batch_norm_is_that_of_the_original():
    x, ones, zeros = 1e-2 * normal(4, 3, 5, 2), np.ones(2, "f"), np.zeros(2, "f")
    wanted = restated_norm(x, ones, zeros, 1e-5)
    assert_close(image_ops.batch_norm(x, ones, zeros), wanted)


def test_pointwise_is_a_matrix_product_at_each_pixel():
    x, kernel = normal(2, 3, 4, 5), normal(5, 6, seed=1)
    assert_close(image_ops.pointwise(x, tf.constant(kernel)), x @ kernel)


@pytest.mark.parametrize("size", [3, 5])
def test_conv_sums_each_neighbourhood_with_zeros_beyond_the_border(size):
    x, kernel = normal(2, 6, 7, 3), normal(size, size, 3, 4, seed=1)
    windows = np.nan_to_num(restated_windows(x, size))
    flat = kernel.reshape(size * size, 3, 4)
    wanted = np.einsum("bhwkc,kcd->bhwd", windows, flat)
    assert_close(image_ops.conv(x, kernel), wanted)


@pytest.mark.parametrize("size", [3, 5])
def test_separable_conv_is_each_channel_by_itself_then_pointwise(size):
    x, depthwise, point = (
        normal(2, 6, 7, 3),
        normal(size, size, 3, 1, seed=1),
        normal(3, 4, seed=2),
    )
    windows = np.nan_to_num(restated_windows(x, size))
    by_channel = np.einsum("bhwkc,kc->bhwc", windows, depthwise.reshape(size * size, 3))
    ours = image_ops.separable_conv(x, depthwise, tf.constant(point))
    assert_close(ours, by_channel @ point)


def test_avg_pool_divides_by_the_pixels_inside_the_image():
    x = normal(2, 4, 5, 3)
    wanted = np.nanmean(restated_windows(x, 3), axis=3)
    assert_close(image_ops.avg_pool(x), wanted)
    ones = np.ones((1, 4, 4, 1), np.float32)
    assert_close(image_ops.avg_pool(ones), ones)


def test_max_pool_takes_the_largest_inside_the_image():
    x = normal(2, 4, 5, 3) - 10.0  # a padded zero would win
    wanted = np.nanmax(restated_windows(x, 3), axis=3)
    assert_close(image_ops.max_pool(x), wanted)


@pytest.mark.parametrize("height, width", [(6, 8), (5, 7), (6, 7), (1, 1), (2, 2)])
def test_factorized_reduction_joins_every_second_pixel_and_the_ones_shifted(
    height, width
):
    x = normal(3, height, width, 4)
    path1, path2 = normal(4, 3, seed=1), normal(4, 3, seed=2)
    scale, offset = normal(6, seed=3), normal(6, seed=4)
    shifted = np.zeros_like(x)
    shifted[:, :-1, :-1] = x[:, 1:, 1:]
    halves = [x[:, ::2, ::2] @ path1, shifted[:, ::2, ::2] @ path2]
    wanted = restated_norm(np.concatenate(halves, axis=3), scale, offset, 1e-5)
    ours = image_ops.factorized_reduction(
        x, tf.constant(path1), tf.constant(path2), scale, offset
    )
    assert ours.shape == (3, (height + 1) // 2, (width + 1) // 2, 6)
    np.testing.assert_allclose(ours, wanted, rtol=1e-3, atol=1e-3)


def test_factorized_reduction_of_a_constant_image_is_its_offset_inside():
    """A constant stays one: all that the norm leaves of it is the offset."""
    x = np.full((2, 4, 4, 2), 3.0, np.float32)
    offset = np.float32([1.0, 2.0])
    ours = image_ops.factorized_reduction(
        x,
        tf.constant([[1.0], [0.0]]),
        tf.zeros([2, 1]),
        np.ones(2, np.float32),
        offset,
    )
    np.testing.assert_allclose(ours, np.broadcast_to(offset, (2, 2, 2, 2)), atol=1e-3)


def test_global_average_is_over_the_pixels():
    x = normal(2, 3, 4, 5)
    assert_close(image_ops.global_average(x), x.mean(axis=(1, 2)))


def test_dropout_drops_its_share_and_keeps_the_expectation():
    x = np.ones((50, 100), np.float32)
    y = image_ops.dropout(x, 0.8, tf.constant([1, 2])).numpy()
    np.testing.assert_allclose(y[y > 0], 1.25)
    # 5000 draws: four standard deviations are 0.023.
    assert abs((y > 0).mean() - 0.8) < 0.023


def test_dropout_is_a_function_of_its_seed_and_keeps_all_at_one():
    x = normal(8, 20)
    first, again, other = (
        image_ops.dropout(x, 0.5, tf.constant([1, n])).numpy() for n in (2, 2, 3)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    np.testing.assert_array_equal(image_ops.dropout(x, 1.0, tf.constant([1, 2])), x)
