"""Handwritten digits, few, turned and noisy, so that networks differ: no download.

On plain digits nearly every network is right, so nothing can be said of a search. These
are made from them by a fixed rule, in whole numbers: the same bytes on any machine.
"""

import math

import numpy as np

from enas_tf.data.images import digits, resize
from enas_tf.data.images import store as store_lib
from enas_tf.data.images.image_data import ImageData, Split
from enas_tf.data.images.store import Store

NAME = "hard_digits"
TRAIN, VALID = 50, 40  # images of each class; the others, 84 to 93, are for the test
COPIES = 3  # of each image for the test, turned and disturbed on their own
MOST_DEGREES = 40  # that an image is turned, either way
DIE = 54  # noise of a pixel: four numbers of -DIE to DIE, a deviation of 63 of 255
_SEED = 18_020
_ONE = 1 << 12  # 1.0, in the numbers of a rotation
_BORDER = 3  # black pixels around an image, so that what is turned in is there


def load(image_size: int, *, store: Store = store_lib.AUTO) -> ImageData:
    """500 images for training, 400 for validation, 2,691 for the test.

    Args:
      image_size: side to resize to; 0: 8 pixels, as they are.
      store: keeps the images.
    """
    everything, names = digits.as_they_are()
    rng = np.random.RandomState(_SEED)  # its numbers are promised not to change
    *learnt, test = _parts(everything.labels, rng)
    parts = [*learnt, np.tile(test, COPIES)]
    images = [noisy(turned(everything.images[part], rng), rng) for part in parts]
    kept = store.moved([[resize.resize(one, image_size)] for one in images], name=NAME)
    splits = [
        Split(one, everything.labels[part])
        for one, part in zip(kept, parts, strict=True)
    ]
    about = dict(class_names=names, notes=(_note(parts),))
    return ImageData(NAME, splits[0], splits[1], splits[2], **about)


def turned(images: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """Each of [N, H, H, 1] uint8 by whole degrees of its own, about its centre."""
    degrees = rng.randint(-MOST_DEGREES, MOST_DEGREES + 1, len(images))
    return np.stack([rotated(*one) for one in zip(images, degrees, strict=True)])


def rotated(image: np.ndarray, degrees: int) -> np.ndarray:
    """[H, H, 1] uint8, counterclockwise; between pixels it is bilinear."""
    side = len(image)
    padded = np.pad(image[..., 0], _BORDER).astype(np.int64)
    # Twice the distance from the centre, which may lie between two pixels.
    down, right = np.meshgrid(*[2 * np.arange(side) + 1 - side] * 2, indexing="ij")
    cos, sin = (
        round(_ONE * of(math.radians(int(degrees)))) for of in (math.cos, math.sin)
    )
    middle = (2 * _BORDER + side - 1) * _ONE // 2
    row = (cos * down + sin * right) // 2 + middle
    column = (cos * right - sin * down) // 2 + middle
    found = np.zeros((side, side), np.int64)
    for i in (0, 1):
        for j in (0, 1):
            weight = _share(row, i) * _share(column, j)
            found += weight * padded[row // _ONE + i, column // _ONE + j]
    return (found // _ONE**2).astype(np.uint8)[..., np.newaxis]


def noisy(images: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """[N, H, H, 1] uint8 with noise that is nearly normal; cut at 0 and 255."""
    noise = rng.randint(-DIE, DIE + 1, (4, *images.shape)).sum(axis=0)
    return np.clip(images + noise, 0, 255).astype(np.uint8)


def _share(position: np.ndarray, neighbour: int) -> np.ndarray:
    """The weight of the pixel before a position, or of the one behind it."""
    behind = position % _ONE
    return behind if neighbour else _ONE - behind


def _parts(labels: np.ndarray, rng: np.random.RandomState) -> list[np.ndarray]:
    """Which images are in training, validation and test, in a random order."""
    order = rng.permutation(len(labels))
    place = np.empty(len(labels), np.int64)  # of an image among those of its class
    for label in np.unique(labels):
        own = labels[order] == label
        place[own] = np.arange(own.sum())
    bounds = [0, TRAIN, TRAIN + VALID, len(labels)]
    return [
        order[(low <= place) & (place < high)]
        for low, high in zip(bounds[:-1], bounds[1:], strict=True)
    ]


def _note(parts: list[np.ndarray]) -> str:
    sizes = " / ".join(str(len(part)) for part in parts)
    return f"{NAME}: {sizes} images, always the same: --split_seed has no part in it."
