"""Rewards by a table: what a batch of images would have said of an arc.

A reward is the arc's true accuracy, plus its error (`table.errors`), plus the noise of
a batch's right answers. That noise is normal with the binomial's variance, p (1 - p)
over the number of images. A part of it belongs to the images: it is common to all arcs
that are tried on the same batch. Rewards are not cut to 0 to 1: that would favour some
arcs.
"""

from typing import TypeVar

import numpy as np
import tensorflow as tf

from enas_tf.benchmark.learning.table import Table
from enas_tf.config.sections import ControllerConfig
from enas_tf.nn import seeds
from enas_tf.search.rewarder import Rewarded
from enas_tf.search.signal import Variances

ValuesT = TypeVar("ValuesT", np.ndarray, tf.Tensor)

IMAGES = 128  # of a reward's batch
# Of the noise's variance, the part of the images: batches .043 and arcs x batches .041
# standard deviations, measured on frozen children with batches of 64.
SHARED = 0.52


def noise(accuracy: ValuesT, images: ValuesT, own: ValuesT) -> ValuesT:
    """The noise of a batch's mean, [K]; NumPy or TensorFlow, as its arguments.

    Args:
      accuracy: [K], true ones.
      images: [K], or [1] of one batch for all: standard normal, of the images.
      own: [K], standard normal, of each pair of an arc and a batch.
    """
    deviation = (accuracy * (1.0 - accuracy) / IMAGES) ** 0.5
    return deviation * (SHARED**0.5 * images + (1.0 - SHARED) ** 0.5 * own)


class TableRewards:
    """Pays the controller by a table; `search.rewarder.Rewards`.

    Attributes:
      error: [N] float32, a variable: of the arcs, zeros at first.
    """

    def __init__(self, table: Table, config: ControllerConfig, *, seed: tf.Tensor):
        """Pays without error.

        Args:
          table: the true accuracies.
          config: whether the arcs of an update have one batch in common.
          seed: [] int32, the noise follows from it.
        """
        self.error = tf.Variable(tf.zeros([len(table.accuracy)]))
        self._accuracy = tf.constant(table.accuracy, tf.float32)
        self._places = tf.constant(table.places())
        self._common = config.reward_batch == "common"
        self._seed = seed

    def of(self, tokens: tf.Tensor, update: tf.Tensor) -> Rewarded:
        """As `Rewards.of`."""
        rows = tf.reduce_sum(tokens * self._places, axis=1)
        true = tf.gather(self._accuracy, rows)
        count = tokens.shape[0]
        seed = seeds.at(self._seed, "reward", update)
        own, images = tf.unstack(tf.random.stateless_normal([2, count], seed))
        images = images[:1] if self._common else images
        paid = true + tf.gather(self.error, rows) + noise(true, images, own)
        return Rewarded(paid, paid, self._variances(true, paid))

    def _variances(self, true: tf.Tensor, paid: tf.Tensor) -> Variances:
        noisy = tf.reduce_mean(true * (1.0 - true)) / IMAGES
        noisy *= (1.0 - SHARED) if self._common else 1.0
        total = tf.math.reduce_variance(paid)
        return Variances(total * paid.shape[0] / max(paid.shape[0] - 1, 1), noisy)


class HostRewards:
    """The same rewards outside of a graph, for searches in NumPy."""

    def __init__(self, table: Table, error: np.ndarray, rng: np.random.Generator):
        """Nothing is drawn yet.

        Args:
          table: the true accuracies.
          error: [N], of the arcs.
          rng: draws the noise.
        """
        self._table = table
        self._error = error
        self._rng = rng

    def of(self, tokens: np.ndarray, *, common: bool) -> np.ndarray:
        """The rewards of `tokens` [K, T], [K]; `common`: all on one batch."""
        rows = self._table.rows(tokens)
        true = self._table.accuracy[rows]
        images = self._rng.standard_normal(1 if common else len(rows))
        own = self._rng.standard_normal(len(rows))
        return true + self._error[rows] + noise(true, images, own)
