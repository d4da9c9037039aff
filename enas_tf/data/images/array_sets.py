"""A data set in arrays: a .npz file, or two .npy files, images and labels.

A .npz has `x_train`, `y_train`, `x_test`, `y_test`, as keras.datasets has them, and
`x_valid`, `y_valid` if it likes; or `x` and `y`, which are split.
"""

import itertools
import os
from typing import NamedTuple

import numpy as np

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import array_files, array_pixels, class_labels, splits
from enas_tf.data.images.array_files import ArrayFile
from enas_tf.data.images.image_data import ImageData, Split
from enas_tf.data.images.store import Store
from enas_tf.run import lines

# By the names of splits: how the arrays of each end.
ENDINGS = dict(train="train", validation="valid", test="test")
NAMES_KEY = "class_names"
WANTED = (
    "it must hold x_train, y_train, x_test and y_test (x_valid and y_valid as well, if "
    "there are such), or x and y"
)


class Pair(NamedTuple):
    """Images and labels of a split, as files."""

    images: ArrayFile
    labels: ArrayFile


class ArraySet(NamedTuple):
    """A data set before its arrays are read.

    Attributes:
      name: of the set.
      place: flag and file, for messages.
      pairs: by the name of the split.
      class_names: of each label, if there is such an array.
      left_out: names of arrays that are not used.
    """

    name: str
    place: str
    pairs: dict[str, Pair]
    class_names: ArrayFile | None = None
    left_out: tuple[str, ...] = ()


def of_npz(path: str) -> ArraySet:
    """The set in a .npz file, looked at.

    Raises:
      ConfigError: it is damaged, or its arrays are no images and labels.
    """
    names = array_files.names(path)
    ends = {split: f"_{end}" for split, end in ENDINGS.items()}
    if whole := [name for name in ("x", "y") if name in names]:
        parts = [name for name in ("x_train", "y_train") if name in names]
        if parts:
            raise ConfigError(
                f"--data_path: {path} has {whole[0]} and {parts[0]}: {WANTED}. Save "
                "the ones or the others."
            )
        ends = dict(train="")
    wanted = {split: (f"x{end}", f"y{end}") for split, end in ends.items()}
    _check_names(path, names, wanted)
    pairs = {
        split: _pair(*(array_files.npz(path, name) for name in both))
        for split, both in wanted.items()
        if both[0] in names
    }
    named = array_files.npz(path, NAMES_KEY) if NAMES_KEY in names else None
    used = {NAMES_KEY, *itertools.chain(*wanted.values())}
    given = ArraySet(
        lines.quoted(os.path.basename(path)),
        f"--data_path: {path}",
        pairs,
        class_names=named,
        left_out=tuple(name for name in names if name not in used),
    )
    _check_alike(given)
    return given


def of_npy(images: str, labels: str) -> ArraySet:
    """The set in two .npy files, looked at; raises as `of_npz`."""
    pair = _pair(array_files.npy(images), array_files.npy(labels))
    name = lines.quoted(os.path.basename(images))
    return ArraySet(name, f"--data_path: {labels}", dict(train=pair))


def classes(given: ArraySet) -> class_labels.Classes:
    """The labels of all images, and the names of their classes.

    Raises:
      ConfigError: a file is damaged, or holds what no label or name may be.
    """
    labels = {k: pair.labels.whole().ravel() for k, pair in given.pairs.items()}
    found = class_labels.of(labels, place=given.place)
    return found._replace(names=_named(given, found.names))


def load(given: ArraySet, *, image_size: int, seed: int, store: Store) -> ImageData:
    """The set, read.

    Args:
      given: from `of_npz` or `of_npy`.
      image_size: side to resize to; 0: as they are.
      seed: decides on the images that are set aside.
      store: keeps the images.

    Raises:
      ConfigError: a file is damaged, or holds what no image or label may be.
    """
    known = classes(given)
    shape = array_pixels.shape(given.pairs["train"].images)
    if image_size:
        shape = (image_size, image_size, shape[2])
    counts = [pair.images.shape[0] for pair in given.pairs.values()]
    rooms = store.empty(counts, shape, name=given.name)
    read = {}
    for (split, pair), room in zip(given.pairs.items(), rooms, strict=True):
        array_pixels.fill(pair.images, room, resizes=image_size > 0)
        read[split] = Split(room, known.labels[split])
    found = splits.arrange(read, name=given.name, seed=seed, in_place=True)
    notes = (*_notes(given), *found.notes)
    return ImageData(given.name, *found[:3], class_names=known.names, notes=notes)


def _check_names(
    path: str, names: list[str], wanted: dict[str, tuple[str, str]]
) -> None:
    """Refuse a file that lacks training, or has but one of a pair."""
    for split, both in wanted.items():
        there = [name for name in both if name in names]
        if len(there) == 1 or (split == "train" and not there):
            has = lines.shortened(", ".join(names) or "no array", 60)
            raise ConfigError(
                f"--data_path: {path} has {has}: {WANTED}. Save it with np.savez."
            )


def _pair(images: ArrayFile, labels: ArrayFile) -> Pair:
    array_pixels.shape(images)
    count = images.shape[0]
    if labels.shape not in ((count,), (count, 1)):
        remedy = "Save a label for each image."
        if len(labels.shape) == 2 and labels.shape[0] == count:
            remedy = "Save labels.argmax(axis=1) of it."
        raise ConfigError(
            f"{labels.place} has the shape {list(labels.shape)}: it must be [{count}], "
            f"since there are {count} images. {remedy}"
        )
    if labels.dtype.kind not in "iuU":
        raise ConfigError(
            f"{labels.place} is of {labels.dtype}: {class_labels.WANTED}. Save "
            "labels.astype(int), or text."
        )
    return Pair(images, labels)


def _check_alike(given: ArraySet) -> None:
    shapes = {k: array_pixels.shape(pair.images) for k, pair in given.pairs.items()}
    for split, shape in shapes.items():
        if shape != shapes["train"]:
            raise ConfigError(
                f"{given.pairs[split].images.place} has images of {_by(shape)}, "
                f"x_train of {_by(shapes['train'])}: they must be alike. Save them so."
            )


def _named(given: ArraySet, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of classes by the file's own array of them, if it has one."""
    file = given.class_names
    if file is None:
        return names
    own = file.whole() if file.dtype.kind == "U" else np.empty(0)
    if own.shape != (len(names),) or len(set(own.tolist())) < len(names):
        raise ConfigError(
            f"{file.place} is {file.dtype} of the shape {list(file.shape)}: it must be "
            f"{len(names)} different texts, a name for each class. Save it so."
        )
    is_text = given.pairs["train"].labels.dtype.kind == "U"
    return names if is_text else tuple(map(str, own))


def _notes(given: ArraySet) -> list[str]:
    said = []
    if any(pair.images.dtype != np.uint8 for pair in given.pairs.values()):
        said.append(f"{given.name}: floats from 0 to 1 are read as 0 to 255.")
    if given.left_out:
        listed = lines.shortened(", ".join(given.left_out), 40)
        said.append(f"{given.name}: arrays that are left out: {listed}.")
    return said


def _by(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
