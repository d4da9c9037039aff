"""Devices that share the work of a step, by tf.distribute.

The problem: arcs of a step, arcs of an update and parts of a batch can be computed side
by side, but what is made of them must be what one device would have made.

The idea: a replica only computes. It reads the weights where they are, takes its share
by its number, and its answers are summed over all replicas; every write comes behind
that, once. So weights, optimizers and checkpoints are those of one device, and whatever
is drawn is drawn from the number of an arc, not of a device:

    total = replicas.summed(lambda number: gradients_of(share(number)))

Answers that are of one replica alone are zeros in the others, to which adding changes
no bit. In a process of several workers each holds its own weights, and as all sums are
the same, so are the weights.

Not for a write of any kind inside of `summed`: it would be done once a replica.
"""

import contextvars
from collections.abc import Callable, Sequence
from typing import TypeVar

import tensorflow as tf

SharesT = TypeVar("SharesT")


class Replicas:
    """Some devices, of one process or of several.

    Attributes:
      count: how many.
    """

    def __init__(self, strategy: tf.distribute.Strategy | None = None):
        """Computes nothing yet.

        Args:
          strategy: what runs them; None: one device, the process's own.
        """
        self._strategy = strategy
        self.count = strategy.num_replicas_in_sync if strategy else 1

    @property
    def several(self) -> bool:
        """Whether work is shared at all."""
        return self._strategy is not None

    def share(self, number: tf.Tensor, total: int) -> tuple[tf.Tensor, tf.Tensor]:
        """The part [first, last) of 0 to `total` of the replica `number` ([] int32).

        The parts differ by one at most. That of replica 0 begins with 0, and is empty
        only where all are.
        """
        first, last = (-(-(number + end) * total // self.count) for end in (0, 1))
        return first, last

    def summed(self, work: Callable[[tf.Tensor], SharesT]) -> SharesT:
        """The sum over all replicas of what `work` makes of a replica's number.

        Args:
          work: from [] int32 to a structure of float tensors, each of one shape in
            all replicas; traced once a replica. It writes nothing.
        """
        if self._strategy is None:
            return work(tf.constant(0))
        # A replica is traced in a thread of its own, which has no scopes of this one.
        context = contextvars.copy_context()
        found = self._strategy.run(lambda: context.copy().run(_total, work))
        mine = self._strategy.experimental_local_results
        return tf.nest.map_structure(lambda value: mine(value)[0], found)

    def first_and_most(self, values: Sequence[int]) -> tuple[list[int], list[int]]:
        """Whole numbers that each worker has: those of the first, and the largest.

        Called on the host, by all workers alike; `values` are below 2^53.
        """
        if self._strategy is None:
            return list(values), list(values)
        own = tf.constant(values, tf.float64)
        all_own = self._told(own).numpy().astype(int)
        return all_own[0].tolist(), all_own.max(axis=0).tolist()

    @tf.function(autograph=False)
    def _told(self, own: tf.Tensor) -> tf.Tensor:
        """What all replicas have ([N] float64) in rows, [count, N]."""
        return self.summed(
            lambda number: (
                tf.one_hot(number, self.count, dtype=tf.float64)[:, None] * own
            )
        )


ALONE = Replicas()


def only(number: tf.Tensor, owner: int, values: SharesT) -> SharesT:
    """`values` in the replica whose number ([] int32) is `owner`, zeros in others."""
    return tf.nest.map_structure(
        lambda value: tf.where(number == owner, value, tf.zeros_like(value)), values
    )


def _total(work: Callable[[tf.Tensor], SharesT]) -> SharesT:
    context = tf.distribute.get_replica_context()
    own = work(tf.convert_to_tensor(context.replica_id_in_sync_group))
    flat = [tf.identity(value) for value in tf.nest.flatten(own)]
    return tf.nest.pack_sequence_as(
        own, context.all_reduce(tf.distribute.ReduceOp.SUM, flat)
    )
