"""The hard digits are the same bytes anywhere, and few of them are learned from."""

import zlib

import numpy as np

from enas_tf.config import sections as config
from enas_tf.data.images import digits, hard_digits
from enas_tf.data.images import load as images


def loaded(**given):
    return images.load(config.DataConfig(dataset="hard_digits", **given))


def test_they_are_the_same_bytes_on_any_machine_and_with_any_seed():
    for seed in (0, 7):
        checksum = 0
        for array in loaded(split_seed=seed).arrays:
            checksum = zlib.crc32(np.ascontiguousarray(array).data, checksum)
        assert f"{checksum:08x}" == "3c94c26e"


def test_every_class_has_50_images_to_learn_from_and_three_times_the_rest_for_a_test():
    data = loaded()
    assert data.sizes == (500, 400, 2691)
    assert data.image_shape == (8, 8, 1)
    assert np.bincount(data.train.labels).tolist() == [50] * 10
    assert np.bincount(data.valid.labels).tolist() == [40] * 10
    all_labels = np.bincount(digits.as_they_are()[0].labels)
    wanted = 3 * (all_labels - 90)
    assert np.bincount(data.test.labels).tolist() == wanted.tolist()
    assert not data.default_flip


def test_no_digit_is_in_two_splits():
    rng = np.random.RandomState(0)
    parts = hard_digits._parts(digits.as_they_are()[0].labels, rng)
    assert sorted(np.concatenate(parts)) == list(range(1797))


def test_a_quarter_turn_is_exact_and_counterclockwise():
    given = np.arange(16, dtype=np.uint8).reshape(4, 4, 1)
    np.testing.assert_array_equal(hard_digits.rotated(given, 90), np.rot90(given))
    np.testing.assert_array_equal(hard_digits.rotated(given, 0), given)


def test_what_is_turned_in_is_black():
    white = np.full((8, 8, 1), 255, np.uint8)
    turned = hard_digits.rotated(white, 40)[..., 0]
    assert turned[0, 0] == turned[7, 7] == 0 and turned[3, 3] >= 254


def test_noise_has_the_deviation_that_is_said():
    grey = np.full((50, 8, 8, 1), 128, np.uint8)
    noise = hard_digits.noisy(grey, np.random.RandomState(0)).astype(float) - 128
    assert abs(noise.mean()) < 3 and 59 < noise.std() < 66


def test_they_are_resized_as_other_images():
    assert loaded(image_size=16).image_shape == (16, 16, 1)
