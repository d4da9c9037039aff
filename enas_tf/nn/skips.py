"""Skip connections that are chosen at run time."""

from collections.abc import Sequence

import tensorflow as tf


def add_chosen(
    y: tf.Tensor, sources: Sequence[tf.Tensor], bits: tf.Tensor
) -> tf.Tensor:
    """The sum of y and of the sources whose bit is 1.

    Where a bit is 0, zeros are read in the source's place: a reference to one map that
    all layers of a size share. A factor of 0 or 1 would go over each source once more,
    and over its gradient (docs/design.md, "Skips").

    Args:
      y: [B, H, W, C].
      sources: n maps like y.
      bits: [n] integers, 0 and 1.
    """
    bits = tf.cast(bits, tf.int32)
    zeros = tf.zeros_like(sources[0])

    @tf.custom_gradient
    def total(y, *sources):
        def gradient(dy):
            return [dy, *_read([zeros, dy], bits)]

        places = bits * tf.range(1, len(sources) + 1)
        return tf.add_n([y, *_read([zeros, *sources], places)]), gradient

    return total(y, *sources)


def _read(tensors: list[tf.Tensor], places: tf.Tensor) -> list[tf.Tensor]:
    """The tensors at some places; nothing is copied."""
    array = tf.TensorArray(
        tensors[0].dtype,
        len(tensors),
        element_shape=tensors[0].shape,
        clear_after_read=False,
    )
    for place, tensor in enumerate(tensors):
        array = array.write(place, tensor)
    return [array.read(place) for place in tf.unstack(places)]
