"""Steps of a search that change nothing, because their arc overflows.

The problem: a search trains any arc. A cell of ReLUs and identities may multiply its
state from word to word until it overflows, under weights that suit all other arcs. Its
gradient is infinite; clipped it is no number (infinite times 0), and with it are all
weights from there on.

The idea: such a step changes no weight, and the next one begins without a state. Where
there are many in a row the weights are to blame, and the training ends.
"""

from collections.abc import Sequence

import tensorflow as tf

MOST_IN_A_ROW = 10


class LeftOut:
    """Counts them, and says when there are too many in a row.

    The counts are of this process, and in no checkpoint: no weight hangs on them.
    """

    def __init__(self) -> None:
        """None yet."""
        self._count = tf.Variable(0, dtype=tf.int64)
        self._in_a_row = tf.Variable(0, dtype=tf.int64)

    @property
    def steps(self) -> int:
        """How many were left out so far."""
        return int(self._count)

    def note(self, metrics: Sequence[tf.Tensor]) -> tf.Tensor:
        """Count a step by its metrics, [] each; whether it may go on, [] bool."""
        left_out = tf.cast(~finite(metrics), tf.int64)
        self._count.assign_add(left_out)
        in_a_row = left_out * (self._in_a_row + 1)
        self._in_a_row.assign(in_a_row)
        return in_a_row < MOST_IN_A_ROW


def finite(values: Sequence[tf.Tensor]) -> tf.Tensor:
    """Whether each of them is finite everywhere, [] bool."""
    found = [tf.reduce_all(tf.math.is_finite(value)) for value in values]
    return tf.reduce_all(tf.stack(found))
