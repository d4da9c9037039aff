"""Images of one size: all that is known about resizing, and how much memory is fine."""

import numpy as np

from enas_tf.config import ConfigError

MAX_BYTES = 8 * 2**30  # of all images as uint8
CHUNK = 1_000  # images that are floats at a time


def resize(images: np.ndarray, size: int) -> np.ndarray:
    """[N, H, W, C] uint8 to [N, size, size, C] uint8; unchanged at size 0."""
    if size == 0 or images.shape[1:3] == (size, size):
        return images
    result = np.empty((len(images), size, size, images.shape[3]), np.uint8)
    for start in range(0, len(images), CHUNK):
        chunk = images[start : start + CHUNK]
        result[start : start + CHUNK] = resized_tensor(chunk, size)
    return result


def resized_tensor(images, size: int):
    """[..., H, W, C] to [..., size, size, C] uint8, for use in a `tf.data` map too."""
    import tensorflow as tf

    images = tf.image.resize(images, (size, size), antialias=True)
    return tf.cast(tf.clip_by_value(tf.round(images), 0.0, 255.0), tf.uint8)


def check_memory(count: int, shape: tuple[int, ...], *, name: str) -> None:
    """Refuse what would not fit: data is held in memory.

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
