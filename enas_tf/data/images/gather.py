"""Batches of images inside of graphs: from memory, or from the file that keeps them.

By index in both, so that a batch has the same images, whatever was read before it.
"""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from enas_tf.data.images import store

Gather = Callable[[tf.Tensor], tf.Tensor]  # indices [B] -> images [B, H, W, C] uint8


def of(images: np.ndarray) -> Gather:
    """The gathering of `images` [N, H, W, C] uint8, which must not change from now on.

    On a CPU the tensor is the array's own memory, so that it is there once.
    """
    if store.on_disk(images):
        return lambda indices: _read(images, indices)
    tensor = _tensor(images)
    return lambda indices: tf.gather(tensor, indices)


def _tensor(images: np.ndarray) -> tf.Tensor:
    if tf.config.list_logical_devices("GPU") or not images.size:
        return tf.constant(images)  # a copy, where TensorFlow wants it
    begins_right = images.ctypes.data % store.ALIGNMENT == 0
    if not (begins_right and images.flags.c_contiguous and images.flags.writeable):
        aligned = store.empty(images.shape)
        aligned[:] = images
        images = aligned
    return tf.experimental.dlpack.from_dlpack(images.__dlpack__())


def _read(images: np.ndarray, indices: tf.Tensor) -> tf.Tensor:
    """The images at `indices`, read when the graph comes to it."""
    read = tf.numpy_function(
        lambda places: np.array(images[places]), [indices], tf.uint8, stateful=False
    )
    return tf.ensure_shape(read, [*indices.shape, *images.shape[1:]])
