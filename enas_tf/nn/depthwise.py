"""Depthwise convolutions, whose filter's gradient may be taken in two parts.

The problem: for a 5 x 5 filter oneDNN's kernel of that gradient takes four to ten times
as long as for a 3 x 3 one, and no longer for a 5 x 3 one.

The idea: two gradients of 5 x 3 instead: the columns around the middle one; and the
outer ones, as neighbours in an image of which two pixels side by side are one. Neither
copies a pixel.

Not without oneDNN, where it does not pay; nor within a run that began with the other
form, for the two round differently.
"""

from collections.abc import Callable

import keras
import tensorflow as tf

from enas_tf.nn import precision

_SIZE = 5  # of the filters that are taken apart
_form = {"in_parts": False}


def take_in_parts(on: bool) -> None:
    """Whether graphs that are traced from now on have gradients in parts.

    Without oneDNN that does not pay.
    """
    _form["in_parts"] = on


def in_parts() -> bool:
    """Whether graphs that are traced now have gradients in parts."""
    return _form["in_parts"]


def conv(x: tf.Tensor, kernel: tf.Tensor, *, stride: int = 1) -> tf.Tensor:
    """Each channel by itself, same size; x: [B, H, W, C], kernel: [k, k, C, 1].

    With a stride, every `stride`-th pixel of that: [B, ceil(H / stride), ...].
    """
    if in_parts() and stride == 1 and kernel.shape[0] == _SIZE and x.shape[2] % 2 == 0:
        return _conv_in_parts(x, kernel)
    return _conv(x, kernel, stride)


def _conv(x: tf.Tensor, kernel: tf.Tensor, stride: int = 1) -> tf.Tensor:
    return tf.nn.depthwise_conv2d(x, kernel, [1, stride, stride, 1], "SAME")


@tf.custom_gradient
def _conv_in_parts(x: tf.Tensor, kernel: tf.Tensor) -> tuple[tf.Tensor, Callable]:
    def gradient(dy: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        of_x = tf.raw_ops.DepthwiseConv2dNativeBackpropInput(
            input_sizes=tf.shape(x),
            filter=kernel,
            out_backprop=dy,
            strides=[1, 1, 1, 1],
            padding="SAME",
        )
        return of_x, filter_gradient_in_parts(x, dy)

    return _conv(x, kernel), gradient


def filter_gradient_in_parts(x: tf.Tensor, dy: tf.Tensor) -> tf.Tensor:
    """The gradient of a [5, 5, C, 1] kernel; x, dy: [B, H, W, C], W even."""
    height, width, channels = x.shape[1:]
    near = _filter_gradient(x, dy)
    pairs = [-1, height, width // 2, 2 * channels]
    far = _filter_gradient(tf.reshape(x, pairs), tf.reshape(dy, pairs))
    # Of the left pixels of the pairs and of the right ones.
    far = tf.reduce_sum(tf.reshape(far, [_SIZE, 3, 2, channels, 1]), axis=2)
    first, _, last = tf.split(far, 3, axis=1)
    return tf.concat([first, near, last], axis=1)


def _filter_gradient(x: tf.Tensor, dy: tf.Tensor) -> tf.Tensor:
    """The gradient of a 5 x 3 filter."""
    return tf.raw_ops.DepthwiseConv2dNativeBackpropFilter(
        input=x,
        filter_sizes=[_SIZE, 3, x.shape[-1], 1],
        out_backprop=dy,
        strides=[1, 1, 1, 1],
        padding="SAME",
    )


class SeparableConv2D(keras.layers.SeparableConv2D):
    """The stock layer without bias, for a model that is not exported."""

    def call(self, x: tf.Tensor) -> tf.Tensor:
        """The same size as x; with strides, every `strides`-th pixel of that."""
        kernel = tf.convert_to_tensor(self.depthwise_kernel)
        y = conv(x, kernel, stride=self.strides[0])
        pointwise = tf.convert_to_tensor(self.pointwise_kernel)
        return precision.lowered(_pointwise, y, pointwise)


def _pointwise(x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    return tf.nn.conv2d(x, kernel, 1, "VALID")
