"""The pixels that a factorised reduction sees: every second one, and those between.

The problem: a 1x1 convolution with a stride reads those pixels by itself, but oneDNN's
gradient of its kernel differs from run to run, and a plain slice with a stride has a
slow gradient.

The idea: pixels are picked before the convolution. Two side by side are taken as one of
twice the channels, so that picking is a slice without a stride, and its gradient a
padding with zeros.

Not where a stride's pixels are those of a larger kernel: a convolution or a pool with a
stride reads them itself.
"""

from collections.abc import Callable

import keras
import tensorflow as tf


def every_second_pixel(x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Every second row and column, from the first ones on and from the second ones on.

    Zeros beyond the edge: [B, H, W, C] float32 -> twice [B, ceil(H / 2), ceil(W / 2),
    C].

    Apart from the convolutions: with a stride, oneDNN's gradient of a 1x1 kernel
    differs from run to run, and so would a resumed search.
    """
    if has_blocks(x):
        return _corners(x)
    # Slices in forms whose gradients are fast, here and below.
    shifted = tf.slice(x, [0, 1, 1, 0], [-1, -1, -1, -1])
    shifted = tf.pad(shifted, [[0, 0], [0, 1], [0, 1], [0, 0]])
    return _first(x), _first(shifted)


def has_blocks(x: tf.Tensor | keras.KerasTensor) -> bool:
    """Whether x is made of blocks of 2 x 2 pixels: both sides are even."""
    return x.shape[1] % 2 == 0 and x.shape[2] % 2 == 0


@tf.custom_gradient
def _corners(x: tf.Tensor) -> tuple[tuple[tf.Tensor, tf.Tensor], Callable]:
    """Pixels (0, 0) and (1, 1) of each block, read where they are."""
    shape = x.shape

    def gradient(*dys: tf.Tensor) -> tf.Tensor:
        rows = [_row(dy, number) for number, dy in enumerate(dys)]
        return tf.reshape(tf.concat(rows, axis=2), [-1, *shape[1:]])

    return (_corner(x, 0), _corner(x, 1)), gradient


def _corner(x: tf.Tensor, number: int) -> tf.Tensor:
    """Pixel (number, number) of each block, [B, H / 2, W / 2, C]."""
    height, width, channels = x.shape[1:]
    rows, columns = height // 2, width // 2
    # Two pixels side by side are one of twice the channels.
    blocks = tf.reshape(x, [-1, rows, 2, columns, 2 * channels])
    begin = [0, 0, number, 0, number * channels]
    corner = tf.slice(blocks, begin, [-1, -1, 1, -1, channels])
    return tf.reshape(corner, [-1, rows, columns, channels])


def _row(corner: tf.Tensor, number: int) -> tf.Tensor:
    """Corner `number` of each block with a zero beside it, [B, H / 2, 1, W / 2, 2C]."""
    rows, columns, channels = corner.shape[1:]
    before = number * channels
    beside = [[0, 0]] * 4 + [[before, channels - before]]
    return tf.pad(tf.reshape(corner, [-1, rows, 1, columns, channels]), beside)


def _first(x: tf.Tensor) -> tf.Tensor:
    """Every second row and column of any size, from the first ones on."""
    height, width, channels = x.shape[1:]
    odd = height % 2, width % 2
    x = tf.pad(x, [[0, 0], [0, odd[0]], [0, odd[1]], [0, 0]])
    rows, columns = (height + odd[0]) // 2, (width + odd[1]) // 2
    pairs = tf.reshape(x, [-1, rows, 2, columns, 2 * channels])
    first = tf.slice(pairs, [0, 0, 0, 0, 0], [-1, -1, 1, -1, channels])
    return tf.reshape(first, [-1, rows, columns, channels])


class Corner(keras.layers.Layer):
    """One pixel of each block of 2 x 2, for a model that is only trained.

    Stock layers that do the same have a gradient three times as slow.
    """

    def __init__(self, number: int, *, name: str):
        """Without weights.

        Args:
          number: 0 is pixel (0, 0), 1 is pixel (1, 1).
          name: of the Keras layer.
        """
        super().__init__(name=name)
        self._number = number

    def call(self, x: tf.Tensor) -> tf.Tensor:
        """[B, H, W, C], even sides -> [B, H / 2, W / 2, C]."""
        return _corner(x, self._number)
