import keras
import numpy as np

from enas_tf.nn import stock


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
    return answer()[0] * np.sqrt(1 + stock.BN_EPSILON)  # fresh statistics: 0 and 1


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
