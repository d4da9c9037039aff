"""Arrays of images brought to one size."""

import numpy as np

from enas_tf.data.images import pictures, threads


def resize(images: np.ndarray, size: int) -> np.ndarray:
    """[N, H, W, C] uint8 to [N, size, size, C] uint8; unchanged at size 0; C is 1 or 3.

    As pictures in files are resized, so that an image has the same pixels in both.
    """
    if size == 0 or images.shape[1:3] == (size, size):
        return images
    result = np.empty((len(images), size, size, images.shape[3]), np.uint8)

    def fill(number: int) -> None:
        result[number] = pictures.resized(images[number], size)

    threads.each(fill, len(images))
    return result
