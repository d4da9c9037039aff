"""Max pooling whose gradient is always computed by the same kernel.

The problem: TensorFlow has two kernels for the gradient, which add in other orders.
oneDNN's, ten times as fast on a CPU, is taken only where TensorFlow comes to the pool
before it comes to the gradient. It takes operations in the reverse of the order in
which a walk in depth leaves them. A training step lies in a loop, and there the walk
can come round from the gradient to the pool; it follows edges as they lie in memory. So
about one step in fifty was built with the slow kernel in a layer, and had other last
digits (docs/reliability.md).

The idea: the gradient pools once more, and one operation, the gate, hands the map and
dy to that pool and to the gradient. There is no other way to the pool. So a walk that
is in the gradient has come by the gate, and cannot come by it again: it leaves the
gradient first, and the pool's turn comes before. A switch parts a pool from its
gradient in any case (nn/switch.py).

Not for a model that is saved: it may hold layers of Keras' own alone (nn/stock.py).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import keras
import tensorflow as tf

_AGAIN = "EnasMaxPoolAgain"  # the name of a gradient, see `same_size`


class _Window(NamedTuple):
    """TensorFlow's attributes of a pool of maps [B, H, W, C]."""

    ksize: Sequence[int]
    strides: Sequence[int]
    padding: str


def same_size(x: tf.Tensor, size: int) -> tf.Tensor:
    """`size` x `size` maximum of x, [B, H, W, C] -> the same shape.

    By `tf.gradients`, as nn/halves.py takes it, the gradient is that of this file; by a
    tape it is TensorFlow's own, which has the same value.
    """
    # Not `tf.custom_gradient`, which adds nodes to each branch of a switch.
    graph = tf.compat.v1.get_default_graph()
    with graph.gradient_override_map({"MaxPool": _AGAIN}):
        return tf.nn.max_pool2d(x, size, 1, "SAME")


class MaxPooling2D(keras.layers.MaxPooling2D):
    """The stock layer, channels last, for a model that is not exported."""

    def call(self, x: tf.Tensor) -> tf.Tensor:
        """[B, H, W, C] float32 -> the maxima, as the stock layer's."""
        size, strides = [1, *self.pool_size, 1], [1, *self.strides, 1]
        return _pool(x, _Window(size, strides, self.padding.upper()))


def _pool(x: tf.Tensor, window: _Window) -> tf.Tensor:
    @tf.custom_gradient
    def pool(x: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
        y = tf.raw_ops.MaxPool(input=x, **window._asdict())
        return y, lambda dy: _gradient(x, dy, window)

    return pool(x)


@tf.RegisterGradient(_AGAIN)
def _gradient_of(pool: tf.Operation, dy: tf.Tensor) -> tf.Tensor:
    window = _Window(*(pool.get_attr(name) for name in _Window._fields))
    return _gradient(pool.inputs[0], dy, window)


def _gradient(x: tf.Tensor, dy: tf.Tensor, window: _Window) -> tf.Tensor:
    """The gradient of x, [B, H, W, C], from that of its maxima."""
    # The gate, which is also a part of the way back, as it needs dy: see nn/halves.py.
    x, dy = tf.identity_n([x, dy])
    how = window._asdict()
    again = tf.raw_ops.MaxPool(input=x, **how)
    return tf.raw_ops.MaxPoolGrad(orig_input=x, orig_output=again, grad=dy, **how)
