"""A loss is scaled up before its gradients are taken in float16.

The problem: a gradient below 6e-8 is zero in float16, and one above 65,504 is infinite.

The idea: the loss is multiplied by a power of two, and so are all gradients on their
way; behind, in float32, they are divided by it again, which changes no bit. The factor
follows what it meets: a step in which a gradient is not finite changes no weight and
halves it (a final child's moving averages go on: its answers were sound); many good
steps in a row double it. Both numbers are variables that a checkpoint holds, so a
resumed run goes on with them.

Not for bfloat16, whose range is that of float32. Nor is it a remedy for a loss that is
not a number: no factor mends that, and the run ends as in float32.
"""

import functools
from collections.abc import Callable, Sequence

import tensorflow as tf

FIRST = 2.0**15
LOWEST = 1.0  # here nothing is skipped: what is not finite now would be in float32
HIGHEST = 2.0**24  # far from the end of float32, which the scaled loss is in
GOOD_STEPS = 2000  # after which the factor is doubled


class LossScale:
    """The factor of one training.

    Attributes:
      variables: for a checkpoint.
    """

    def __init__(self) -> None:
        """Begins with `FIRST`."""
        self._scale = tf.Variable(FIRST)
        self._good = tf.Variable(0, dtype=tf.int64)
        self.variables = [self._scale, self._good]

    @property
    def value(self) -> float:
        """The factor as it is now."""
        return float(self._scale)

    def up(self, loss: tf.Tensor) -> tf.Tensor:
        """The loss ([] float32) whose gradients are taken."""
        return loss * self._scale

    def down(self, gradients: Sequence[tf.Tensor]) -> list[tf.Tensor]:
        """Those of the loss itself, from those of `up`."""
        return [gradient / self._scale for gradient in gradients]

    def guard(
        self, gradients: Sequence[tf.Tensor], update: Callable[[], tf.Tensor]
    ) -> tf.Tensor:
        """Update where all gradients are finite; then move the factor.

        Args:
          gradients: by which `update` changes the weights.
          update: its value is their norm, [].

        Returns:
          That norm; 0 for a step that changes nothing.
        """
        finite = _all_finite(gradients)
        applied = finite | (self._scale <= LOWEST)
        norm = tf.cond(applied, update, lambda: tf.zeros([]))
        self._move(finite)
        return norm

    def _move(self, finite: tf.Tensor) -> None:
        none = tf.zeros_like(self._good)
        good = tf.where(finite, self._good + 1, none)
        grows = good >= GOOD_STEPS
        higher = tf.where(grows, 2.0 * self._scale, self._scale)
        scale = tf.where(finite, higher, 0.5 * self._scale)
        self._scale.assign(tf.clip_by_value(scale, LOWEST, HIGHEST))
        self._good.assign(tf.where(grows, none, good))


def _all_finite(tensors: Sequence[tf.Tensor]) -> tf.Tensor:
    """Whether no entry is infinite or no number, [] bool."""
    each = [tf.reduce_all(tf.math.is_finite(tensor)) for tensor in tensors]
    return functools.reduce(tf.logical_and, each)
