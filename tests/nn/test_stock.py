import keras
import numpy as np

from enas_tf.nn import image_ops, stock


def applied(block, x):
    """What `block` makes of x: [B, H, W, C], and the model it is in."""
    images = keras.Input(x.shape[1:])
    model = keras.Model(images, block(images))
    return model, lambda: np.asarray(model(x))


def test_average_pool_divides_by_the_pixels_inside_the_image():
    ones = np.ones([1, 4, 4, 2], "float32")
    _, answer = applied(lambda x: stock.avg_pool(x, name="pool"), ones)
    np.testing.assert_array_equal(answer(), ones)


def test_one_tensor_alone_is_not_concatenated():
    x = keras.Input([4, 4, 2])
    assert stock.concat([x], name="concat") is x


def reduced(pixels):
    """Both paths of a factorised reduction of one channel, kernels of 1."""
    x = np.asarray(pixels, "float32")[None, :, :, None]
    model, answer = applied(
        lambda x: stock.factorized_reduction(x, 2, name="pool", seed=0), x
    )
    for path in ("pool_path1", "pool_path2"):
        model.get_layer(path).set_weights([np.ones([1, 1, 1, 1])])
    return answer()[0] * np.sqrt(1 + image_ops.BN_EPSILON)  # fresh statistics: 0 and 1


def test_reduction_takes_every_second_pixel_and_those_between():
    paths = reduced([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]])
    np.testing.assert_allclose(paths[..., 0], [[1, 3], [9, 11]], rtol=1e-6)
    np.testing.assert_allclose(paths[..., 1], [[6, 8], [14, 16]], rtol=1e-6)


def test_reduction_of_an_odd_size_takes_zeros_beyond_the_edge():
    paths = reduced([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    np.testing.assert_allclose(paths[..., 0], [[1, 3], [7, 9]], rtol=1e-6)
    np.testing.assert_allclose(paths[..., 1], [[5, 0], [0, 0]], rtol=1e-6)


def test_reduction_of_odd_height_and_even_width():
    paths = reduced([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]])
    np.testing.assert_allclose(paths[..., 0], [[1, 3], [9, 11]], rtol=1e-6)
    np.testing.assert_allclose(paths[..., 1], [[6, 8], [0, 0]], rtol=1e-6)


def test_reduction_of_a_single_pixel():
    np.testing.assert_allclose(reduced([[3]])[0, 0], [3, 0], rtol=1e-6)


FIVE = np.arange(25, dtype="float32").reshape(1, 5, 5, 1)


def test_strided_pools_take_every_second_pixel_of_those_without_stride():
    for pool in (stock.avg_pool, stock.max_pool):
        _, whole = applied(lambda x, pool=pool: pool(x, name="pool"), FIVE)
        _, half = applied(lambda x, pool=pool: pool(x, name="pool", stride=2), FIVE)
        np.testing.assert_array_equal(half(), whole()[:, ::2, ::2])


def test_a_valid_pool_stays_inside_the_image():
    def pool(x):
        return stock.avg_pool(x, name="pool", size=4, stride=3, padding="valid")

    _, answer = applied(pool, FIVE)
    np.testing.assert_allclose(answer()[0, ..., 0], [[9.0]])


def test_the_stride_of_a_separable_convolution_is_that_of_its_depthwise_one():
    x = np.random.default_rng(0).normal(size=(1, 5, 5, 2)).astype("float32")

    def outputs(stride):
        def conv(x):
            return stock.separable_conv(x, 3, 3, name="c", seed=0, stride=stride)

        return applied(conv, x)[1]()

    assert outputs(2).shape == (1, 3, 3, 3)
    np.testing.assert_allclose(outputs(2), outputs(1)[:, ::2, ::2], atol=1e-6)


def test_relu_convolution_and_norm_in_this_order():
    x = np.asarray([-1.0, 2.0], "float32").reshape(1, 1, 2, 1)

    def unit(x):
        return stock.relu_conv_norm(x, 1, 1, name="unit", seed=0)

    model, answer = applied(unit, x)
    model.get_layer("unit").set_weights([np.full([1, 1, 1, 1], -3.0)])
    wanted = np.asarray([0.0, -6.0]) / np.sqrt(1 + image_ops.BN_EPSILON)
    np.testing.assert_allclose(answer().ravel(), wanted, rtol=1e-6)


def test_a_sum_may_have_one_tensor_twice():
    _, answer = applied(lambda x: stock.add([x, x], name="sum"), FIVE)
    np.testing.assert_array_equal(answer(), 2 * FIVE)
