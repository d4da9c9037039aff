"""The image operations of the shared children, as functions of their weights.

The problem: a shared child has all its weights in one vector and runs one op of many,
which a layer that owns its weights, and moving statistics, does not allow.

The idea: an op is a pure function of a map, x: [B, H, W, C] float32 throughout, and of
views of that vector. No variable lives here. Of two forms with the same value it takes
the one whose gradient is faster on a CPU. Convolutions and 1x1 products are in the type
of the scope (nn/precision.py).

Not for a final child, which is made of stock layers (nn/stock.py): maps are normalised
by the batch at hand, in training and after it.

Reference: src/cifar10/image_ops.py, src/common_ops.py.
"""

import tensorflow as tf

from enas_tf.nn import batch_norm as norm_ops
from enas_tf.nn import depthwise as depthwise_ops
from enas_tf.nn import halving, precision
from enas_tf.nn import max_pool as max_pool_ops

BN_EPSILON = 1e-5  # image_ops.py, batch_norm
# Deviation K3 (kept): the original's batch_norm_with_mask, behind the spatial
# convolutions of the macro search, has another epsilon.
BN_MASKED_EPSILON = 1e-3


def batch_norm(
    x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor, *, epsilon: float = BN_EPSILON
) -> tf.Tensor:
    """Normalise by the batch's own statistics; scale, offset: [C].

    # Deviation D10: no moving averages; they would mix the statistics of all arcs.
    """
    return norm_ops.batch_norm(x, scale, offset, epsilon=epsilon)


def pointwise(x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """1x1 convolution, kernel [C_in, C_out]; a matrix product is faster on a CPU."""
    channels_in, channels_out = kernel.shape
    rows = precision.lowered(tf.matmul, tf.reshape(x, [-1, channels_in]), kernel)
    return tf.reshape(rows, [-1, *x.shape[1:3], channels_out])


def conv(x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """k x k convolution, same size; kernel [k, k, C_in, C_out]."""
    return precision.lowered(_conv, x, kernel)


def _conv(x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    return tf.nn.conv2d(x, kernel, strides=1, padding="SAME")


def separable_conv(
    x: tf.Tensor, depthwise: tf.Tensor, point: tf.Tensor, *, stride: int = 1
) -> tf.Tensor:
    """Depthwise [k, k, C, 1], then 1x1 [C, C_out], nothing in between."""
    return pointwise(depthwise_ops.conv(x, depthwise, stride=stride), point)


def avg_pool(x: tf.Tensor) -> tf.Tensor:
    """3x3 average, same size; divides by the pixels inside the image."""
    return tf.nn.avg_pool2d(x, 3, 1, "SAME")


def max_pool(x: tf.Tensor) -> tf.Tensor:
    """3x3 maximum, same size."""
    return max_pool_ops.same_size(x, 3)


def factorized_reduction(
    x: tf.Tensor,
    path1: tf.Tensor,
    path2: tf.Tensor,
    scale: tf.Tensor,
    offset: tf.Tensor,
) -> tf.Tensor:
    """Halve height and width: two 1x1 convolutions, the second one shifted by (1, 1).

    path1, path2: [C_in, C_out / 2]; scale, offset: [C_out]. No ReLU inside.
    """
    parts = halving.every_second_pixel(x)
    halves = [
        conv(part, tf.reshape(kernel, [1, 1, *kernel.shape]))
        for part, kernel in zip(parts, (path1, path2), strict=True)
    ]
    return batch_norm(tf.concat(halves, axis=3), scale, offset)


def global_average(x: tf.Tensor) -> tf.Tensor:
    """[B, H, W, C] -> [B, C]."""
    return tf.reduce_mean(x, axis=[1, 2])


def dropout(x: tf.Tensor, keep_prob: float, seed: tf.Tensor) -> tf.Tensor:
    """Drop features, scaled by 1 / keep_prob; seed: [2] int32."""
    if keep_prob == 1.0:
        return x
    return tf.nn.experimental.stateless_dropout(x, rate=1.0 - keep_prob, seed=seed)
