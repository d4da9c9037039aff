"""Max pooling whose gradient is always computed by the same kernel.

The problem: TensorFlow has two kernels for the gradient, which add in other orders.
oneDNN's, ten times as fast on a CPU, is taken only where TensorFlow comes to the pool
before it comes to the gradient. In a loop (and a training step lies in one) it goes
round the graph from wherever it enters, along edges that are sorted by their places in
memory. So one function in about fifty got the slow kernel for a layer, and other last
digits (docs/reliability.md).

The idea: the gradient pools once more, and one node, the gate, hands the map and dy to
that pool and to the gradient. There is no other way to either of them, so whichever way
TensorFlow goes, it is done with the gradient before it is done with the pool, which is
the order that it asks for. A switch parts a pool from its gradient in any case
(nn/switch.py).

Not for a model that is saved: it may hold layers of Keras' own alone (nn/stock.py).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

_AGAIN = "EnasMaxPoolAgain"  # the name of a gradient, see `same_size`
_ATTRIBUTES = ("ksize", "strides", "padding", "data_format")


def same_size(x: tf.Tensor, size: int) -> tf.Tensor:
    """`size` x `size` maximum of x, [B, H, W, C] -> the same shape."""
    # Not `tf.custom_gradient`, which adds nodes to each branch of a switch.
    graph = tf.compat.v1.get_default_graph()
    with graph.gradient_override_map({"MaxPool": _AGAIN}):
        return tf.nn.max_pool2d(x, size, 1, "SAME")


class MaxPooling2D(keras.layers.MaxPooling2D):
    """The stock layer, channels last, for a model that is not exported."""

    def call(self, x: tf.Tensor) -> tf.Tensor:
        """[B, H, W, C] float32 -> the maxima, as the stock layer's."""
        return _pool(
            x,
            ksize=[1, *self.pool_size, 1],
            strides=[1, *self.strides, 1],
            padding=self.padding.upper(),
            data_format="NHWC",
        )


def _pool(x: tf.Tensor, **attributes: str | Sequence[int]) -> tf.Tensor:
    @tf.custom_gradient
    def pool(x: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
        y = tf.raw_ops.MaxPool(input=x, **attributes)
        return y, lambda dy: _gradient(x, dy, attributes)

    return pool(x)


@tf.RegisterGradient(_AGAIN)
def _gradient_of(pool: tf.Operation, dy: tf.Tensor) -> tf.Tensor:
    attributes = {name: pool.get_attr(name) for name in _ATTRIBUTES}
    return _gradient(pool.inputs[0], dy, attributes)


# `Any`: an attribute is of one of TensorFlow's types, which it checks.
def _gradient(x: tf.Tensor, dy: tf.Tensor, attributes: Mapping[str, Any]) -> tf.Tensor:
    """The gradient of x, [B, H, W, C], from that of its maxima."""
    # The gate, which is also a part of the way back, as it needs dy: see nn/halves.py.
    x, dy = tf.identity_n([x, dy])
    again = tf.raw_ops.MaxPool(input=x, **attributes)
    return tf.raw_ops.MaxPoolGrad(
        orig_input=x, orig_output=again, grad=dy, **attributes
    )
