"""Arrays of images brought to one size, and the limit of their memory."""

import numpy as np

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import pictures, threads

MAX_BYTES = 8 * 2**30  # of all images as uint8


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


def check_memory(count: int, shape: tuple[int, ...], *, name: str) -> None:
    """Refuse images that are too many for the memory.

    Args:
      count: number of images.
      shape: of one image.
      name: of the data set.

    Raises:
      ConfigError: they take more than 8 GiB.
    """
    needed = count * int(np.prod(shape))
    if needed > MAX_BYTES:
        size = " x ".join(str(side) for side in shape)
        raise ConfigError(
            f"{name} takes {needed / 2**30:.1f} GiB in memory ({count} images of "
            f"{size}): it must be at most {MAX_BYTES // 2**30} GiB. Make the images "
            "smaller, e.g. --image_size=32."
        )
