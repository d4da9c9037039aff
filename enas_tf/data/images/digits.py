"""Real handwritten digits, 8 x 8 grey, that come with scikit-learn: no download."""

import numpy as np

from enas_tf.data.images import resize, splits
from enas_tf.data.images.image_data import ImageData, Split

HIGHEST = 16  # of a pixel in scikit-learn's digits


def load(image_size: int, *, seed: int) -> ImageData:
    """1,797 images, 60 / 20 / 20 for training, validation and test.

    Args:
      image_size: side to resize to; 0: as they are.
      seed: decides which images are in which split.
    """
    from sklearn import datasets  # takes a second to import

    bunch = datasets.load_digits()
    images = np.rint(bunch.images * (255 / HIGHEST)).astype(np.uint8)[..., np.newaxis]
    images = resize.resize(images, image_size)
    everything = Split(images, bunch.target.astype(np.int32))
    parts = splits.arrange(dict(train=everything), name="digits", seed=seed)
    names = tuple(str(name) for name in bunch.target_names)
    return ImageData("digits", *parts[:3], class_names=names, notes=parts.notes)
