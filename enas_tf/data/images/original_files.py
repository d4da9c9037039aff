"""CIFAR-10 and CIFAR-100 as their authors distribute them, as pickles or binary files.

Own images in one of these forms are read as well, with their own classes.
"""

import os
from typing import NamedTuple, TypeGuard

import numpy as np

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import cifar_forms, resize, splits
from enas_tf.data.images import store as store_lib
from enas_tf.data.images.cifar_forms import Batches
from enas_tf.data.images.image_data import ImageData, Split
from enas_tf.data.images.store import Store
from enas_tf.run import lines

PIXELS = 3 * 32 * 32

find = cifar_forms.find


def load(
    batches: Batches,
    *,
    image_size: int = 0,
    seed: int = 0,
    store: Store = store_lib.AUTO,
) -> ImageData:
    """All images in `batches`; validation is the tail of the last batch.

    Args:
      batches: their folder and form.
      image_size: side to resize to; 0: as they are.
      seed: decides on the images that are set aside, if training is ordered by class.
      store: keeps the images.

    Raises:
      ConfigError: a batch is missing, cut off or damaged.
      OSError: a file cannot be read.
    """
    names = cifar_forms.class_names(batches)
    name = _name(batches, names)
    given = {
        split: _read(batches, files, len(names), image_size)
        for split, files in batches.files.items()
    }
    rooms = store.moved([parts.images for parts in given.values()], name=name)
    read = {
        split: Split(room, np.concatenate(parts.labels))
        for (split, parts), room in zip(given.items(), rooms, strict=True)
    }
    found = splits.arrange(read, name=name, seed=seed, in_place=True)
    notes = (*_names_note(batches, name), *found.notes)
    return ImageData(name, *found[:3], class_names=names, notes=notes)


class Parts(NamedTuple):
    """Images [n, H, W, C] uint8 and labels [n] int32 of each file of a split."""

    images: list[np.ndarray]
    labels: list[np.ndarray]


def _read(
    batches: Batches, files: list[str], num_classes: int, image_size: int
) -> Parts:
    parts = Parts([], [])
    for file in files:
        read = _read_batch(batches, file, num_classes)
        parts.images.append(resize.resize(read.images, image_size))
        parts.labels.append(read.labels)
    return parts


def _name(batches: Batches, names: tuple[str, ...]) -> str:
    """CIFAR's name, unless the classes tell that these are other images."""
    form = batches.form
    is_own = form.name == "cifar10" and names != cifar_forms.CIFAR10_NAMES
    is_own |= form.name == "cifar100" and len(names) != 100
    if not is_own:
        return form.name
    return lines.quoted(os.path.basename(os.path.abspath(batches.folder)))


def _names_note(batches: Batches, name: str) -> tuple[str, ...]:
    if os.path.isfile(os.path.join(batches.folder, batches.form.names_file)):
        return ()
    missing = batches.form.names_file
    return (f"{name}: no {missing}, so the classes are called as in CIFAR-10.",)


def _read_batch(batches: Batches, name: str, num_classes: int) -> Split:
    path = batches.path(name)
    if not os.path.isfile(path):
        wanted = [*batches.form.train, batches.form.test]
        raise ConfigError(
            f"--data_path: {path} is missing: {wanted[0]} to {wanted[-2]} and "
            f"{wanted[-1]} must be there. Unpack the whole archive."
            if len(wanted) > 2
            else f"--data_path: {path} is missing: train and test must be there. "
            "Unpack the whole archive."
        )
    split = (_read_pickle if batches.form.is_pickle else _read_binary)(path, batches)
    labels, allowed = split.labels, f"0 to {num_classes - 1}"
    if not len(labels) or labels.min() < 0 or labels.max() >= num_classes:
        reason = f"its labels are not {allowed}, for which there are names"
        raise ConfigError(cifar_forms.damaged(path, reason))
    return split


def _read_binary(path: str, batches: Batches) -> Split:
    size = batches.form.label_bytes + PIXELS
    records = np.fromfile(path, np.uint8)
    if left := len(records) % size:
        reason = f"records of {size} bytes, and {left} are left over"
        raise ConfigError(cifar_forms.damaged(path, reason))
    records = records.reshape(-1, size)
    labels = records[:, batches.form.label_bytes - 1].astype(np.int32)
    return Split(_images(records[:, -PIXELS:]), labels)


def _read_pickle(path: str, batches: Batches) -> Split:
    content, key = cifar_forms.unpickled(path), batches.form.labels
    try:
        data = cifar_forms.entry(content, "data")
        labels = cifar_forms.entry(content, key)
    except KeyError:
        reason = f"no `data` and `{key}`"
        raise ConfigError(cifar_forms.damaged(path, reason)) from None
    if not _is_pixels(data):
        reason = f"`data` is not [N, {PIXELS}] of bytes"
        raise ConfigError(cifar_forms.damaged(path, reason))
    try:
        numbers = np.asarray(labels, np.int32)
    except (TypeError, ValueError, OverflowError):
        reason = f"`{key}` are not integers"
        raise ConfigError(cifar_forms.damaged(path, reason)) from None
    if numbers.shape != data.shape[:1]:
        reason = f"{len(data)} images, {numbers.size} labels"
        raise ConfigError(cifar_forms.damaged(path, reason))
    return Split(_images(data), numbers)


def _is_pixels(data: object) -> TypeGuard[np.ndarray]:
    if not isinstance(data, np.ndarray) or data.dtype != np.uint8:
        return False
    return data.ndim == 2 and data.shape[1] == PIXELS


def _images(rows: np.ndarray) -> np.ndarray:
    """[N, 3072] with the channels one after the other -> [N, 32, 32, 3]."""
    planes = rows.reshape(-1, 3, 32, 32)
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1))
