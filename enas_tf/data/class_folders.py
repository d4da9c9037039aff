"""A folder per class: photos sorted into folders that bear the names of the classes.

The class folders lie in the folder itself, or in train/, test/ and validation/.
"""

import os
from typing import Any, NamedTuple

import numpy as np

from enas_tf.config import ConfigError
from enas_tf.data import resize, splits
from enas_tf.data.images import ImageData, Split

# What `image_dataset_from_directory` reads.
ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
SPLIT_FOLDERS = dict(train="train", validation="validation", valid="validation")
SPLIT_FOLDERS |= dict(val="validation", test="test")
READ_BATCH = 100


class Format(NamedTuple):
    """What all images are brought to."""

    height: int
    width: int
    color_mode: str

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width, channels."""
        return (self.height, self.width, 1 if self.color_mode == "grayscale" else 3)


def load(folder: str, *, image_size: int, seed: int) -> ImageData:
    """The images below `folder`, labelled by the folders that they are in.

    Args:
      folder: holds a folder per class, or train/ (and test/, validation/) with these.
      image_size: side to resize to; 0: as they are, if they are all alike.
      seed: decides what is set aside, and the order.

    Raises:
      ConfigError: no such folders, an image that cannot be read, or images of several
        sizes and no `image_size`.
    """
    roots = _split_roots(folder)
    classes = _class_names(roots["train"])
    for root in roots.values():
        _check_classes(root, classes)
    paths = {key: _image_paths(root, classes) for key, root in roots.items()}
    everything = [path for group in paths.values() for path in group]
    form = _common_format(everything, image_size)
    resize.check_memory(len(everything), form.shape, name=folder)
    given = {key: _read(root, classes, form) for key, root in roots.items()}
    name = os.path.basename(os.path.abspath(folder))
    found = splits.arrange(given, name=name, seed=seed)
    return ImageData(name, *found[:3], class_names=classes, notes=found.notes)


def _split_roots(folder: str) -> dict[str, str]:
    """Split name -> the folder that holds its class folders."""
    below = _folders(folder)
    if "train" not in below:
        return dict(train=folder)
    return {
        split: os.path.join(folder, name)
        for name, split in SPLIT_FOLDERS.items()
        if name in below
    }


def _folders(folder: str) -> list[str]:
    return sorted(item.name for item in os.scandir(folder) if item.is_dir())


def _class_names(root: str) -> tuple[str, ...]:
    names = tuple(name for name in _folders(root) if not name.startswith("."))
    if len(names) < 2:
        raise ConfigError(
            f"--data_path: {root} holds {len(names)} class folders: it must be "
            "cifar-10-batches-py, cifar-10-batches-bin, or hold at least 2 folders of "
            "images, one per class, directly or in train/ and test/."
        )
    return names


def _check_classes(root: str, classes: tuple[str, ...]) -> None:
    found = _class_names(root)
    if differing := sorted(set(found) ^ set(classes)):
        raise ConfigError(
            f"--data_path: the class {differing[0]!r} is only in one of train/ and "
            f"{os.path.basename(root)}/: they must have the same class folders. Add "
            "or remove that folder."
        )


def _image_paths(root: str, classes: tuple[str, ...]) -> list[str]:
    paths = []
    for name in classes:
        own = []
        for place, _, files in os.walk(os.path.join(root, name)):
            images = [file for file in files if file.lower().endswith(ENDINGS)]
            own += [os.path.join(place, file) for file in images]
        if not own:
            raise ConfigError(
                f"--data_path: no image in {os.path.join(root, name)}: a class must "
                f"have files that end in {', '.join(ENDINGS)}. Remove the folder, or "
                "convert its images."
            )
        paths += sorted(own)
    return paths


def _common_format(paths: list[str], image_size: int) -> Format:
    """What the headers of all images say; grey only if all are grey."""
    from PIL import Image, UnidentifiedImageError

    sizes, modes = {}, set()
    for path in paths:
        try:
            with Image.open(path) as image:
                sizes.setdefault(image.size, path)
                modes.add(image.mode)
        except (UnidentifiedImageError, Image.DecompressionBombError, SyntaxError):
            raise ConfigError(_unreadable(path)) from None
    color_mode = "grayscale" if modes <= {"L", "1", "I", "I;16"} else "rgb"
    if image_size:
        return Format(image_size, image_size, color_mode)
    if len(sizes) > 1:
        (one, path), (other, second) = list(sizes.items())[:2]
        raise ConfigError(
            f"--image_size=0 is not allowed: the images are of several sizes ({path} "
            f"{one[0]} x {one[1]}, {second} {other[0]} x {other[1]}), and must be of "
            "one. Resize them, e.g. --image_size=32."
        )
    ((width, height),) = sizes
    return Format(height, width, color_mode)


def _read(root: str, classes: tuple[str, ...], form: Format) -> Split:
    import keras
    import tensorflow as tf

    dataset = keras.utils.image_dataset_from_directory(
        root,
        class_names=list(classes),
        color_mode=form.color_mode,
        batch_size=READ_BATCH,
        image_size=(form.height, form.width),
        interpolation="area",
        shuffle=False,
        verbose=False,
    )
    images = np.empty((len(dataset.file_paths), *form.shape), np.uint8)
    labels = np.empty(len(images), np.int32)
    start = 0
    try:
        for batch, its_labels in dataset.as_numpy_iterator():
            stop = start + len(batch)
            images[start:stop] = np.clip(np.rint(batch), 0, 255)
            labels[start:stop] = its_labels
            start = stop
    except tf.errors.InvalidArgumentError:
        raise ConfigError(_unreadable(_culprit(dataset.file_paths[start:]))) from None
    return Split(images, labels)


def _culprit(paths: list[str]) -> Any:
    """The first image that cannot be decoded; the pipeline's error does not say."""
    import tensorflow as tf

    for path in paths:
        try:
            tf.io.decode_image(tf.io.read_file(path), expand_animations=False)
        except tf.errors.InvalidArgumentError:
            return path
    return paths[0]


def _unreadable(path: str) -> str:
    return (
        f"--data_path: {path} cannot be read as an image: it must be a whole "
        f"{', '.join(ENDINGS)} file. Remove or replace it."
    )
