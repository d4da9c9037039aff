"""How much of the scatter of rewards is between arcs, and how much is noise of images.

The problem: a controller learns from differences between the arcs of an update, and
most of the difference between two rewards may be the examples that they were measured
on.

The idea: each mean's noise follows from the scatter of its own examples. Where all arcs
had the same examples, an example's own difficulty is in all means alike and does no
harm; noise is then what is left of a value when its arc's and its example's mean are
taken out (analysis of variance in two ways).
"""

from typing import NamedTuple

import tensorflow as tf


class Variances(NamedTuple):
    """Of the mean values of an update's arcs, [] float32 each.

    Attributes:
      total: their variance over the arcs; 0 of one arc.
      noise: the part that other examples would change, estimated. It may exceed the
        total by chance; means over many updates do not.
    """

    total: tf.Tensor
    noise: tf.Tensor


def variances(values: tf.Tensor, *, common: bool) -> Variances:
    """The variances of the row means of `values`.

    Args:
      values: [K, B] float32, K arcs on B examples each.
      common: whether column i is the same example in all rows.
    """
    count, size = values.shape[0], tf.shape(values)[1]
    means = tf.reduce_mean(values, axis=1)
    left = values - means[:, tf.newaxis]
    freedom = tf.cast(size - 1, tf.float32)
    if common:
        left -= tf.reduce_mean(left, axis=0)
        freedom *= (count - 1) / count
    of_examples = tf.reduce_sum(tf.square(left)) / count
    noise = tf.math.divide_no_nan(of_examples, freedom * tf.cast(size, tf.float32))
    spread = tf.reduce_sum(tf.square(means - tf.reduce_mean(means)))
    return Variances(spread / max(count - 1, 1), noise)
