"""A folder per class: photos sorted into folders that bear the names of the classes.

The class folders lie in the folder itself, or in train/, test/ and validation/.
"""

import collections
import os
import textwrap
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import (
    picture_files,
    pictures,
    split_folders,
    splits,
    threads,
)
from enas_tf.data.images import store as store_lib
from enas_tf.data.images.image_data import ImageData, Split
from enas_tf.run import lines

LINE = 71  # columns: a line of the log begins with the time of day


def load(
    folder: str,
    *,
    image_size: int,
    seed: int,
    store: store_lib.Store = store_lib.AUTO,
) -> ImageData:
    """The images below `folder`, labelled by the folders that they are in.

    Args:
      folder: holds a folder per class, or train/ (and test/, validation/) with these.
      image_size: side to resize to; 0: as they are, if they are all alike.
      seed: decides on the images that are set aside, and on the order.
      store: keeps the images.

    Raises:
      ConfigError: no such folders, an image that cannot be read, or images of several
        sizes and no `image_size`.
      OSError: a folder cannot be listed.
    """
    where = split_folders.layout(folder)
    left_out = where.left_out.copy()
    roots = sorted(where.roots.items(), key=lambda item: splits.NAMES.index(item[0]))
    listed = {split: _listed(root, where.classes) for split, root in roots}
    left_out += sum((one.left_out for one in listed.values()), collections.Counter())
    everything = [path for one in listed.values() for path in one.paths]
    shape = _common_shape(everything, image_size)
    counts = [len(one.paths) for one in listed.values()]
    rooms = store.empty(counts, shape, name=folder)
    given = {}
    for (key, one), room in zip(listed.items(), rooms, strict=True):
        _read(one.paths, room)
        given[key] = Split(room, one.labels)
    files = {
        key: [os.path.relpath(path, folder) for path in one.paths]
        for key, one in listed.items()
    }
    name = lines.quoted(os.path.basename(os.path.abspath(folder)))
    found = splits.arrange(given, name=name, seed=seed, files=files, in_place=True)
    said = (where.renamed(folder), picture_files.in_words(left_out))
    notes = (*_notes(said, name), *found.notes)
    return ImageData(name, *found[:3], class_names=where.classes, notes=notes)


class Listed(NamedTuple):
    """Files of a split, the class [N] int32 of each, and the files left out."""

    paths: list[str]
    labels: np.ndarray
    left_out: collections.Counter[str]


def _listed(root: str, classes: tuple[str, ...]) -> Listed:
    found = [_pictures(os.path.join(root, name)) for name in classes]
    counts = [len(one.paths) for one in found]
    return Listed(
        [path for one in found for path in one.paths],
        np.repeat(np.arange(len(found), dtype=np.int32), counts),
        sum((one.left_out for one in found), collections.Counter()),
    )


def _notes(said: Iterable[str], name: str) -> list[str]:
    """Lines on the folders that are splits, and on files left out, if there are any."""
    return [
        line for one in said if one for line in textwrap.wrap(f"{name}: {one}.", LINE)
    ]


def _pictures(folder: str) -> picture_files.Found:
    found = picture_files.find(folder)
    if not found.paths:
        reasons = picture_files.in_words(found.left_out)
        raise ConfigError(
            f"--data_path: no image in {folder}{reasons and f' ({reasons})'}: a class "
            f"must have files that end in {', '.join(pictures.ENDINGS)}. Remove the "
            "folder, or convert its images."
        )
    return found


def _common_shape(paths: list[str], image_size: int) -> tuple[int, int, int]:
    """Height, width, channels that all are brought to; grey only if all are grey.

    Without `image_size` every picture is decoded for its size, once it is upright.
    """
    if image_size:
        greys = threads.each(lambda i: _is_grey(paths[i]), len(paths))
        return (image_size, image_size, 1 if all(greys) else 3)
    kinds = threads.each(lambda i: _kind(paths[i]), len(paths))
    sizes: dict[tuple[int, int], str] = {}
    for path, (_, size) in zip(paths, kinds, strict=True):
        sizes.setdefault(size, path)
    if len(sizes) > 1:
        (one, path), (other, second) = list(sizes.items())[:2]
        raise ConfigError(
            f"The images are of several sizes ({path} {one[0]} x {one[1]}, {second} "
            f"{other[0]} x {other[1]}): give --image_size, e.g. --image_size=32."
        )
    ((width, height),) = sizes
    return (height, width, 1 if all(mode == "L" for mode, _ in kinds) else 3)


def _kind(path: str) -> tuple[str, tuple[int, int]]:
    """Mode, and width and height."""
    with pictures.named(path, "data_path"):
        image = pictures.decode(path)
    return image.mode, image.size


def _is_grey(path: str) -> bool:
    with pictures.named(path, "data_path"):
        return pictures.is_grey(path)


def _read(paths: list[str], images: np.ndarray) -> None:
    """Write the pictures at `paths` to `images` [N, H, W, C]."""
    _, *shape = images.shape

    def read(number: int) -> None:
        with pictures.named(paths[number], "data_path"):
            images[number] = pictures.pixels(paths[number], tuple(shape))

    threads.each(read, len(paths))
