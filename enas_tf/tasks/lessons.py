"""Lessons: the batch of each training step, a pure function of the step's number.

An epoch's lessons are found by the number of the step alone, so that a run that was
killed inside one goes on where it was.
"""

from typing import Generic, Protocol, TypeVar

import tensorflow as tf

from enas_tf.nn import seeds
from enas_tf.tasks.base import Batch, BatchT, Lesson

BatchT_co = TypeVar("BatchT_co", bound=Batch, covariant=True)


class Examples(Protocol[BatchT_co]):
    """Examples that training may vary."""

    def size(self, split: str) -> int:
        """The number of examples."""

    def batch(
        self, split: str, indices: tf.Tensor, *, augment_seed: tf.Tensor | None = None
    ) -> BatchT_co:
        """Those at `indices` [B]; varied if `augment_seed` ([2]) is given."""


class Shuffled(Generic[BatchT]):
    """Epochs in an order of their own; batches are always full.

    The last batch of an epoch begins early (# Deviation D12).
    """

    def __init__(self, task: Examples[BatchT], *, batch_size: int, seed: int):
        """Every epoch has as many steps.

        Args:
          task: whose "train" examples they are, at least `batch_size` of them.
          batch_size: how many are in a batch.
          seed: the run's.
        """
        self.batch_size = batch_size
        self._task = task
        self._seed = seed
        self._steps = -(-task.size("train") // batch_size)

    def steps_before(self, epoch: int) -> int:
        """The number of the first step of `epoch`."""
        return epoch * self._steps

    def shared(self, first: tf.Tensor) -> tf.Tensor:
        """The part that all steps of an epoch share; `first` ([] int64) is one of them.

        The order of the training examples, [N] int32.
        """
        examples = tf.range(self._task.size("train"))
        seed = seeds.at(self._seed, "order", first // self._steps)
        return tf.random.experimental.stateless_shuffle(examples, seed)

    def lesson(self, step: tf.Tensor, order: tf.Tensor) -> Lesson[BatchT]:
        """That of `step` ([] int64), of the epoch whose `shared` is `order`."""
        indices = self._indices(step, order)
        augment_seed = seeds.at(self._seed, "augment", step)
        return Lesson(self._task.batch("train", indices, augment_seed=augment_seed))

    def _indices(self, step: tf.Tensor, order: tf.Tensor) -> tf.Tensor:
        """The step's examples, [B]."""
        place = tf.cast(step % self._steps, tf.int32) * self.batch_size
        place = tf.minimum(place, self._task.size("train") - self.batch_size)
        return order[place : place + self.batch_size]
