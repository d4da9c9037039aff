"""Real handwritten digits, 8 x 8 grey, that come with scikit-learn: no download."""

import numpy as np

from enas_tf.data.images import resize, splits
from enas_tf.data.images import store as store_lib
from enas_tf.data.images.image_data import ImageData, Split
from enas_tf.data.images.store import Store

HIGHEST = 16  # of a pixel in scikit-learn's digits


def load(image_size: int, *, seed: int, store: Store = store_lib.AUTO) -> ImageData:
    """1,797 images, 60 / 20 / 20 for training, validation and test.

    Args:
      image_size: side to resize to; 0: as they are.
      seed: decides which images are in which split.
      store: keeps the images.
    """
    everything, names = as_they_are()
    resized = resize.resize(everything.images, image_size)
    (images,) = store.moved([[resized]], name="digits")
    given = dict(train=Split(images, everything.labels))
    parts = splits.arrange(given, name="digits", seed=seed, in_place=True)
    return ImageData("digits", *parts[:3], class_names=names, notes=parts.notes)


def as_they_are() -> tuple[Split, tuple[str, ...]]:
    """All of them, in scikit-learn's order, and the names of the classes."""
    from sklearn import datasets  # takes a second to import

    bunch = datasets.load_digits()
    images = np.rint(bunch.images * (255 / HIGHEST)).astype(np.uint8)[..., np.newaxis]
    names = tuple(str(name) for name in bunch.target_names)
    return Split(images, bunch.target.astype(np.int32)), names
