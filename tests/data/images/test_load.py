import dataclasses

import numpy as np
import pytest

from enas_tf.config import sections as config
from enas_tf.data.images import fits, resize
from enas_tf.data.images import load as images
from enas_tf.data.images.image_data import ImageData, Split


def blank(count: int, side: int = 8, name: str = "x") -> ImageData:
    def split(size):
        return Split(
            np.zeros((size, side, side, 1), np.uint8), np.zeros(size, np.int32)
        )

    return ImageData(name, split(count), split(20), split(5), ("a", "b"))


def check(data, *, reductions=2, training_size=None, **values):
    settings = config.replace(config.Config(), dict(batch_size=10) | values)
    size = len(data.train.labels) if training_size is None else training_size
    fits.check_fits(data, config=settings, reductions=reductions, training_size=size)


def test_digits_are_split_60_20_20_with_every_class_alike():
    data = images.load(config.DataConfig(dataset="digits"))
    sizes = [len(s.labels) for s in (data.train, data.valid, data.test)]
    assert sizes == [1077, 360, 360]
    assert data.image_shape == (8, 8, 1)
    assert data.num_classes == 10
    assert np.bincount(data.test.labels).min() >= 34
    assert "no test split" in data.notes[0]


def test_digits_use_the_whole_range_of_a_byte():
    data = images.load(config.DataConfig(dataset="digits"))
    assert data.train.images.dtype == np.uint8
    assert data.train.labels.dtype == np.int32
    values = np.unique(data.train.images)
    assert values.tolist() == np.rint(np.arange(17) * 255 / 16).tolist()


@pytest.mark.parametrize(
    "name",
    [
        "digits",
        "mnist:3.0.1",
        "MNIST",
        "mnist_corrupted/shot_noise",
        "emnist/letters",
        "kmnist",
        "svhn_cropped",
        "ns:svhn_cropped/1.0",
        "visual_domain_decathlon/svhn",
        "cmaterdb/bangla:1.0.0",
        "binary_alpha_digits",
        "omniglot",
        "my-emnist-letters",
    ],
)
def test_characters_are_not_mirrored(name):
    assert not blank(10, name=name).default_flip


@pytest.mark.parametrize(
    "name", ["cifar10", "fashion_mnist", "quickdraw_bitmap", "photos", "alphabetical"]
)
def test_photos_clothes_and_drawings_are_mirrored(name):
    assert blank(10, name=name).default_flip


@pytest.mark.parametrize("side, pad", [(32, 4), (28, 3), (8, 1), (7, 0)])
def test_default_pad_is_an_eighth(side, pad):
    assert blank(1, side).default_pad == pad


def test_all_training_is_training_then_validation():
    data = images.load(config.DataConfig(dataset="digits"))
    both = data.all_training()
    np.testing.assert_array_equal(both.images[1077:], data.valid.images)
    np.testing.assert_array_equal(both.labels[:1077], data.train.labels)


def test_image_size_resizes():
    given = config.DataConfig(dataset="digits", image_size=16)
    assert images.load(given).image_shape == (16, 16, 1)


def test_resizing_keeps_a_constant_image_and_its_type():
    given = np.full((3, 4, 6, 3), 200, np.uint8)
    result = resize.resize(given, 5)
    np.testing.assert_array_equal(result, np.full((3, 5, 5, 3), 200, np.uint8))
    assert result.dtype == np.uint8


def test_resizing_to_size_0_does_nothing():
    given = np.zeros((3, 4, 6, 2), np.uint8)
    assert resize.resize(given, 0) is given


def test_data_that_fits_is_accepted():
    check(blank(30), data_pad=8, child_cutout_size=8)


@pytest.mark.parametrize("reductions, side", [(0, 1), (1, 2), (2, 3), (3, 5), (4, 9)])
def test_every_map_is_at_least_2_by_2_before_it_is_halved(reductions, side):
    assert fits.smallest_side(reductions) == side
    check(blank(30, side), reductions=reductions)
    if side > 1:
        message = r"too small for \d halvings.* Enlarge them, e.g. --image_size=\d+\.$"
        with pytest.raises(config.ConfigError, match=message):
            check(blank(30, side - 1), reductions=reductions)


@pytest.mark.parametrize(
    "values, message",
    [
        (dict(batch_size=31), "--batch_size=31 .* at most 20, .* validation images"),
        (dict(data_pad=9), "--data_pad=9 .* at most 8"),
        (dict(child_cutout_size=9), "--child_cutout_size=9 .* at most 8"),
    ],
)
def test_what_does_not_fit_is_refused_by_flag_and_range(values, message):
    with pytest.raises(config.ConfigError, match=message):
        check(blank(30), **values)


def test_batch_larger_than_training_is_refused():
    with pytest.raises(config.ConfigError, match="at most 15, .* training images"):
        check(blank(15), batch_size=16)


def test_validation_does_not_bound_the_batch_where_all_is_trained_on():
    check(blank(30), batch_size=40, training_size=50)


def test_data_cannot_be_changed_by_accident():
    with pytest.raises(dataclasses.FrozenInstanceError):
        blank(3).name = "y"
