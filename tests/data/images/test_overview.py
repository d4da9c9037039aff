import dataclasses

import numpy as np
import pytest

from enas_tf.data.images import overview
from enas_tf.data.images.image_data import ImageData, Split


def data(counts, *, notes=(), channels=3, name="photos") -> ImageData:
    """`counts` training images of each class; one image to validate and test each."""

    def split(labels):
        shape = (len(labels), 32, 24, channels)
        return Split(np.zeros(shape, np.uint8), np.int32(labels))

    labels = [label for label, count in enumerate(counts) for _ in range(count)]
    names = ("bus", "cat", "dog")[: len(counts)]
    return ImageData(name, split(labels), split([0]), split([1]), names, notes)


def test_classes_sizes_and_mirroring_are_told_first_then_the_notes():
    lines = overview.lines(data([6, 4], notes=("a note",)), mirrored=True)
    assert lines == (
        "photos: 2 classes (bus, cat); train 10, valid 1, test 1 images.",
        "photos: 32 x 24 RGB; mirrored in training.",
        "a note",
    )
    (_, shape) = overview.lines(data([3, 3], channels=1), mirrored=False)
    assert shape == "photos: 32 x 24 grey; not mirrored in training."


@pytest.mark.parametrize("counts, told", [([11, 3], False), ([14, 3], True)])
def test_classes_of_very_different_sizes_are_told(counts, told):
    lines = overview.lines(data(counts), mirrored=True)
    assert (len(lines) > 2) is told
    if told:
        assert lines[2] == "photos: unbalanced: 15 images of bus, 4 of cat;"
        assert "balanced accuracy" in lines[3]


def test_a_class_without_any_image_is_told():
    lines = overview.lines(data([3, 3, 0]), mirrored=True)
    assert lines[2] == "photos: unbalanced: 4 images of bus, 0 of dog;"


def named(names, name="photos"):
    return dataclasses.replace(data([3] * 3, name=name), class_names=tuple(names))


def test_names_that_do_not_fit_beside_the_sizes_have_a_line_of_their_own():
    (first, second, _) = overview.lines(
        named(["sitting on a fence", "flying", "swimming in a pond"]), mirrored=True
    )
    assert first == (
        "photos: 3 classes (sitting on a fence, flying, swimming in a pond);"
    )
    assert second == "photos: train 9, valid 1, test 1 images."


def test_names_are_cut_to_the_line():
    names = [f"{word} of some kind or other" for word in ("bus", "cat", "dog")]
    (first, *_) = overview.lines(named(names), mirrored=True)
    assert (
        first == "photos: 3 classes (bus of so...or other, cat of so...or other, ...);"
    )
    ten = [f"species {n}" for n in range(10)]
    (first, *_) = overview.lines(named(ten), mirrored=True)
    assert first == (
        "photos: 10 classes (species 0, species 1, species 2, species 3, ...);"
    )


def test_more_than_ten_classes_are_not_named():
    (first, *_) = overview.lines(named(map(str, range(11))), mirrored=True)
    assert first == "photos: 11 classes; train 9, valid 1, test 1 images."


def test_lines_are_short():
    large = data([400, 20, 3], name="fashion_mnist")
    assert max(map(len, overview.lines(large, mirrored=False))) <= 71
