import tracemalloc

import numpy as np

from enas_tf.data.images import standardise


def test_mean_and_std_are_those_of_numpy_in_float64():
    images = np.random.default_rng(0).integers(0, 256, (30, 5, 7, 3), dtype=np.uint8)
    mean, std = standardise.standardisation(images)
    assert mean.dtype == std.dtype == np.float64
    np.testing.assert_allclose(mean, images.mean((0, 1, 2), np.float64), rtol=1e-14)
    np.testing.assert_allclose(std, images.std((0, 1, 2), np.float64), rtol=1e-13)


def test_constant_channel_has_std_1():
    images = np.zeros((4, 2, 2, 2), np.uint8)
    images[..., 1] = [[0, 255], [255, 0]]
    mean, std = standardise.standardisation(images)
    np.testing.assert_array_equal(mean, [0.0, 127.5])
    np.testing.assert_array_equal(std, [1.0, 127.5])


def test_sums_beyond_float32_are_exact():
    images = np.full((3_000, 32, 32, 1), 255, np.uint8)
    images[:1_500] = 1
    mean, _ = standardise.standardisation(images)
    assert mean[0] == 128.0


def test_no_float_copy_of_all_images():
    images = np.zeros((20_000, 16, 16, 1), np.uint8)
    tracemalloc.start()
    standardise.standardisation(images)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < images.nbytes  # a float64 copy would take eight times that
