"""Batch normalisation by the batch's own statistics, which may go by pairs of pixels.

The problem: oneDNN's fast kernel wants channels by the sixteen that AVX512 takes at
once. Of 24, 40 or 72 it takes eight at once, and two to five times as long.

The idea: two pixels side by side are one of twice the channels, which is the same
memory. Their statistics are made in pairs and put together, then all is normalised by
them. That goes over the map once more and is faster all the same.

Not for other numbers of channels, where it does not pay; nor for the gradient, whose
kernel is as fast for all; nor within a run that began with the other form, for the two
round differently.
"""

from collections.abc import Callable

import tensorflow as tf

_TOGETHER = 16  # channels that AVX512 takes at once
_form = {"in_pairs": False}


def take_in_pairs(on: bool) -> None:
    """Whether graphs that are traced from now on normalise in pairs.

    That pays with oneDNN on a processor with AVX512.
    """
    _form["in_pairs"] = on


def in_pairs() -> bool:
    """Whether graphs that are traced now normalise in pairs."""
    return _form["in_pairs"]


def batch_norm(
    x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor, *, epsilon: float
) -> tf.Tensor:
    """x, [B, H, W, C] float32, normalised over all but C; scale, offset: [C]."""
    width, channels = x.shape[2:]
    pays = 2 * channels % _TOGETHER == 0 and channels % _TOGETHER
    if in_pairs() and pays and width is not None and width % 2 == 0:
        return _in_pairs(x, scale, offset, epsilon)
    return tf.compat.v1.nn.fused_batch_norm(
        x, scale, offset, epsilon=epsilon, is_training=True
    )[0]


def _in_pairs(
    x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor, epsilon: float
) -> tf.Tensor:
    @tf.custom_gradient
    def normed(
        x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor
    ) -> tuple[tf.Tensor, Callable]:
        mean, variance = _moments(x)
        y = _by(x, scale, offset, mean, variance, epsilon)

        def gradient(dy: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
            return tf.raw_ops.FusedBatchNormGradV3(
                y_backprop=dy,
                x=x,
                scale=scale,
                reserve_space_1=mean,
                reserve_space_2=variance,
                reserve_space_3=tf.zeros([0]),  # a GPU's
                epsilon=epsilon,
            )[:3]

        return y, gradient

    return normed(x, scale, offset)


def _moments(x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Mean and variance of each channel, [C] each."""
    pairs = _paired(x)
    ones = tf.ones([pairs.shape[3]])
    # The kernel that normalises is the one that has both; its map is not needed.
    _, _, _, mean, variance, _ = tf.raw_ops.FusedBatchNormV3(
        x=pairs, scale=ones, offset=tf.zeros_like(ones), mean=[], variance=[]
    )
    # Of the left pixels of the pairs, and of the right ones.
    means, variances = (tf.reshape(of, [2, x.shape[3]]) for of in (mean, variance))
    both = tf.reduce_mean(means, axis=0)
    between = tf.reduce_mean(tf.square(means - both), axis=0)
    return both, tf.reduce_mean(variances, axis=0) + between


def _by(
    x: tf.Tensor,
    scale: tf.Tensor,
    offset: tf.Tensor,
    mean: tf.Tensor,
    variance: tf.Tensor,
    epsilon: float,
) -> tf.Tensor:
    """x normalised by a mean and a variance, all [C]."""
    scale, offset, mean, variance = (
        tf.tile(value, [2]) for value in (scale, offset, mean, variance)
    )
    y = tf.raw_ops.FusedBatchNormV3(
        x=_paired(x),
        scale=scale,
        offset=offset,
        mean=mean,
        variance=variance,
        epsilon=epsilon,
        is_training=False,
    )[0]
    return tf.reshape(y, [-1, *x.shape[1:]])


def _paired(x: tf.Tensor) -> tf.Tensor:
    """Two pixels side by side as one of twice the channels."""
    height, width, channels = x.shape[1:]
    return tf.reshape(x, [-1, height, width // 2, 2 * channels])
