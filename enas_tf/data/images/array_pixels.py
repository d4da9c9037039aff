"""Arrays of images of a user's: which are taken, and how they become bytes."""

from collections.abc import Iterator

import numpy as np

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import pictures
from enas_tf.data.images.array_files import ArrayFile

WANTED = (
    "it must be of uint8, or of floats from 0 to 1, and of the shape [N, H, W] or "
    "[N, H, W, C] with 1 or 3 channels"
)


def shape(file: ArrayFile) -> tuple[int, int, int]:
    """Height, width, channels of the images in a file, of which no more is read.

    Raises:
      ConfigError: they are no images.
    """
    sides = file.shape
    if not is_pixels(file.dtype):
        remedy = "Save images.astype(np.uint8), if the values are 0 to 255."
        raise _refused(file, f"is of {file.dtype}", remedy)
    if len(sides) not in (3, 4) or 0 in sides[1:]:
        raise _refused(file, f"has the shape {list(sides)}", "Save it in that shape.")
    height, width, channels = (*sides[1:], 1)[:3]
    if channels not in (1, 3):
        remedy = "Save the channels that count."
        if sides[1] in (1, 3):
            remedy = "Save np.moveaxis(images, 1, 3) of it."
        raise _refused(file, f"has the shape {list(sides)}", remedy)
    if not sides[0]:
        raise _refused(file, "is empty", "Save images in it.")
    return height, width, channels


def is_pixels(dtype: np.dtype) -> bool:
    """Whether a number of that type may be a pixel."""
    return dtype == np.uint8 or dtype.kind == "f"


def fill(file: ArrayFile, room: np.ndarray, *, resizes: bool) -> None:
    """Read the images of a file into `room` [N, H, W, C] uint8.

    Args:
      file: as many images.
      room: where they go.
      resizes: whether they are brought to the size of `room`.

    Raises:
      ConfigError: the file is damaged, or a float is not from 0 to 1.
    """
    start = 0
    for part in levels(file):
        target = room[start : start + len(part)]
        if resizes and part.shape[1:3] != room.shape[1:3]:
            for number, image in enumerate(part):
                target[number] = pictures.resized(image, room.shape[1])
        else:
            target[:] = part
        start += len(part)


def levels(file: ArrayFile) -> Iterator[np.ndarray]:
    """The images in a file in parts, [n, H, W, C] uint8; raises as `fill`."""
    sides, start = shape(file), 0
    for piece in file.pieces():
        yield _levels(piece, file, start).reshape(-1, *sides)
        start += len(piece)


def _levels(piece: np.ndarray, file: ArrayFile, start: int) -> np.ndarray:
    """Some images as uint8; `start` is the number of the first one."""
    if piece.dtype == np.uint8:
        return piece
    flat = piece.reshape(len(piece), -1)
    wrong = ~((flat >= 0) & (flat <= 1))  # true of NaN as well
    if wrong.any():
        image, pixel = np.argwhere(wrong)[0]
        value = float(flat[image, pixel])
        what = f"has the value {value:g} in image {start + image}"
        raise _refused(file, what, _remedy(value, flat))
    return np.rint(flat * np.asarray(255, flat.dtype)).astype(np.uint8)


def _remedy(value: float, flat: np.ndarray) -> str:
    """The way out where `value` is the first of `flat` that is not from 0 to 1."""
    if np.isnan(value):
        return "Replace it."
    if 1 < np.nanmax(flat) <= 255:
        return "Save images.astype(np.uint8), if the values are 0 to 255."
    return "Bring the values to 0 to 1."


def _refused(file: ArrayFile, what: str, remedy: str) -> ConfigError:
    return ConfigError(f"{file.place} {what}: {WANTED}. {remedy}")
