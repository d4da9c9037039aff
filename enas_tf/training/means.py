"""Means over the steps since a moment, in variables that a checkpoint holds.

They are carried step by step in the graph, so that neither how the steps are cut into
calls nor a stop on the way changes a digit of them.
"""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf


class Means:
    """The mean of each of some metrics since `reset`."""

    def __init__(self, names: Sequence[str]):
        """Means of no steps.

        Args:
          names: of the metrics, in the order in which `add` is given them.
        """
        self._names = tuple(names)
        self._sums = tf.Variable(tf.zeros([len(names)]))
        self._steps = tf.Variable(0, dtype=tf.int64)

    @property
    def variables(self) -> list[tf.Variable]:
        """The sums, for a checkpoint; zero at the beginning."""
        return [self._sums, self._steps]

    @property
    def steps(self) -> int:
        """The number of steps in the means."""
        return int(self._steps)

    def add(self, values: Sequence[tf.Tensor]) -> None:
        """One step, [] float32 each; also in a graph.

        A step of which one is not finite counts for nothing.
        """
        found = tf.stack(values)
        whole = tf.reduce_all(tf.math.is_finite(found))
        self._sums.assign_add(tf.where(whole, found, tf.zeros_like(found)))
        self._steps.assign_add(tf.cast(whole, tf.int64))

    def values(self) -> dict[str, float]:
        """The mean of each; no number where no step counted."""
        means = self._sums.numpy().astype(float) / (self.steps or np.nan)
        return dict(zip(self._names, means.tolist(), strict=True))

    def reset(self) -> None:
        """Begin anew."""
        for variable in self.variables:
            variable.assign(tf.zeros_like(variable))
