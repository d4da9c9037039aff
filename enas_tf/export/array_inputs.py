"""Images in a .npy or .npz file that an exported model is asked about."""

import pathlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import array_files, array_pixels, pictures
from enas_tf.data.images.array_files import ArrayFile
from enas_tf.run import lines

ENDINGS = (".npy", ".npz")
KEYS = ("x", "x_test")  # of the images in a .npz, in the order in which they are tried


def is_one(path: pathlib.Path) -> bool:
    """Whether a file is called like one of arrays."""
    return path.is_file() and path.suffix.lower() in ENDINGS


def look(path: pathlib.Path) -> ArrayFile:
    """The images in the file, of which the header alone is read.

    Raises:
      ConfigError: the file is damaged, or it is not clear which array is of images.
    """
    if path.suffix.lower() == ".npy":
        file = array_files.npy(str(path), flag="input")
    else:
        file = array_files.npz(str(path), _chosen(path), flag="input")
    array_pixels.shape(file)
    return file


def batches(
    file: ArrayFile, shape: tuple[int, int, int], size: int
) -> Iterator[np.ndarray]:
    """The images as the model takes them, [n, *shape] uint8 with n up to `size`.

    Raises:
      ConfigError: the file is damaged, or a float is not from 0 to 1.
    """
    for levels in array_pixels.levels(file):
        for start in range(0, len(levels), size):
            part = levels[start : start + size]
            yield np.stack([_brought_to(image, shape) for image in part])


def _chosen(path: pathlib.Path) -> str:
    """The name of the array of images in a .npz."""
    found = array_files.names(str(path), flag="input")
    for key in KEYS:
        if key in found:
            return key
    if len(found) != 1:
        has = lines.shortened(", ".join(found) or "no array", 60)
        raise ConfigError(
            f"--input={path} has {has}: it must hold images as `x` or `x_test`, or "
            "one array alone. Save it with np.savez."
        )
    return found[0]


def _brought_to(image: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    plain = image[..., 0] if image.shape[2] == 1 else image
    return pictures.brought_to(Image.fromarray(plain), shape)
