"""What each training step of a child sees: a pure function of the step's number.

An epoch's lessons are found by the number of the step alone, so that a run that was
killed inside one goes on where it was.
"""

from typing import Any, NamedTuple

import tensorflow as tf

from enas_tf.nn import seeds


class Lesson(NamedTuple):
    """One step's.

    Attributes:
      batch: what the task's `loss` takes.
      lr_scale: [] float32, the step's share of the learning rate.
      begins: [] bool, whether a state carried so far ends here.
    """

    batch: Any
    lr_scale: Any = 1.0
    begins: Any = False


class Shuffled:
    """Epochs in an order of their own; batches are always full.

    The last batch of an epoch begins early (# Deviation D12).
    """

    def __init__(self, task: Any, *, batch_size: int, seed: int):
        """Args: whose "train" examples; how many in a batch; the run's seed."""
        self.batch_size = batch_size
        self._task = task
        self._seed = seed
        self._steps = -(-task.size("train") // batch_size)

    def steps_before(self, epoch: int) -> int:
        """The number of the first step of `epoch`."""
        return epoch * self._steps

    def shared(self, first: tf.Tensor) -> tf.Tensor:
        """What the steps of one epoch share, `first` ([] int64) of it being one.

        The order of the training examples, [N] int32.
        """
        examples = tf.range(self._task.size("train"))
        seed = seeds.at(self._seed, "order", first // self._steps)
        return tf.random.experimental.stateless_shuffle(examples, seed)

    def lesson(self, step: tf.Tensor, order: tf.Tensor) -> Lesson:
        """That of `step` ([] int64), of the epoch whose `shared` is `order`."""
        indices = self._indices(step, order)
        augment_seed = seeds.at(self._seed, "augment", step)
        return Lesson(self._task.batch("train", indices, augment_seed=augment_seed))

    def _indices(self, step: tf.Tensor, order: tf.Tensor) -> tf.Tensor:
        """The step's examples, [B]."""
        place = tf.cast(step % self._steps, tf.int32) * self.batch_size
        place = tf.minimum(place, self._task.size("train") - self.batch_size)
        return order[place : place + self.batch_size]
