"""Batch normalisation in pairs of pixels, against TensorFlow's own of the whole map."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn import batch_norm, image_ops, switch


@pytest.fixture
def in_pairs():
    """Graphs that are traced in the test normalise in pairs."""
    before = batch_norm.in_pairs()
    batch_norm.take_in_pairs(True)
    yield
    batch_norm.take_in_pairs(before)


def normal(*shape, seed=0):
    return tf.random.stateless_normal(shape, [0, seed])


def inputs(channels):
    """A map, a scale and an offset; no mean is 0 and no variance 1."""
    x = 3.0 * normal(4, 2, 6, channels) + normal(channels, seed=1)
    return x, 1.0 + normal(channels, seed=2), normal(channels, seed=3)


def with_gradients(norm, x, scale, offset):
    """y, and the gradients of a sum in which each of its values has its own weight."""
    with tf.GradientTape() as tape:
        tape.watch([x, scale, offset])
        y = norm(x, scale, offset)
        total = tf.reduce_sum(y * normal(*y.shape, seed=4))
    return [y, *tape.gradient(total, [x, scale, offset])]


def whole(x, scale, offset):
    return tf.compat.v1.nn.fused_batch_norm(x, scale, offset, epsilon=1e-5)[0]


def test_left_and_right_pixels_have_one_mean_and_one_variance(in_pairs):
    """Pixels 1, 5, 1, 5: mean 3, variance 4. That of the left ones alone is 0."""
    row = tf.constant([1.0, 5.0, 1.0, 5.0])
    x = tf.tile(tf.reshape(row, [1, 1, 4, 1]), [1, 1, 1, 8])
    y = batch_norm.batch_norm(x, tf.fill([8], 10.0), tf.fill([8], 0.5), epsilon=12.0)
    # (1 - 3) / sqrt(4 + 12) * 10 + 0.5, and so on.
    expected = np.tile(np.array([-4.5, 5.5, -4.5, 5.5])[None, None, :, None], 8)
    np.testing.assert_allclose(y, expected, rtol=1e-6)


@pytest.mark.parametrize("channels", [8, 24, 40])
def test_values_and_gradients_are_those_of_the_whole(in_pairs, channels):
    given = inputs(channels)
    ours = with_gradients(image_ops.batch_norm, *given)
    for one, other in zip(ours, with_gradients(whole, *given), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=2e-5)


def test_in_a_switch_the_gradients_are_the_same(in_pairs):
    given = inputs(8)
    chosen = switch.Switch([lambda x, w: x, lambda x, w: image_ops.batch_norm(x, *w)])
    ours = with_gradients(lambda x, *w: chosen(1, x, w), *given)
    for one, other in zip(ours, with_gradients(whole, *given), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize(
    ("channels", "width", "kernels"),
    [(40, 4, 2), (8, 4, 2), (16, 4, 1), (20, 4, 1), (36, 4, 1), (40, 3, 1)],
)
def test_only_channels_by_eights_and_even_widths_go_in_pairs(
    in_pairs, channels, width, kernels
):
    vector = tf.TensorSpec([channels], tf.float32)
    graph = (
        tf.function(image_ops.batch_norm, autograph=False)
        .get_concrete_function(
            tf.TensorSpec([None, 4, width, channels], tf.float32), vector, vector
        )
        .graph
    )
    types = [op.type for op in graph.get_operations()]
    assert types.count("FusedBatchNormV3") == kernels


def test_a_graph_is_whole_unless_it_is_asked_for_pairs():
    assert not batch_norm.in_pairs()
    x, scale, offset = inputs(8)
    ours = image_ops.batch_norm(x, scale, offset)
    np.testing.assert_array_equal(ours, whole(x, scale, offset))
