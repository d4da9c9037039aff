"""A task whose validation examples are halved: one half pays, the other judges.

What a controller has learned shows on examples that never paid it.
"""

import tensorflow as tf

from enas_tf.children.output import ChildOutput
from enas_tf.run.measures import Measure
from enas_tf.tasks.base import Batch, Lessons, Task

PAYING = "valid"  # the split that rewards read
UNSEEN = "unseen"


class Halves:
    """A `Task`: "valid" is the first half of another's, "unseen" the second."""

    def __init__(self, task: Task):
        """Nothing is copied.

        Args:
          task: with a split "valid" of at least 2 examples.
        """
        self._task = task
        self._half = task.size(PAYING) // 2

    @property
    def measure(self) -> Measure:
        """As the task's."""
        return self._task.measure

    def size(self, split: str) -> int:
        """Number of examples; both halves have equally many."""
        return self._half if split in (PAYING, UNSEEN) else self._task.size(split)

    def batch(self, split: str, indices: tf.Tensor) -> Batch:
        """The examples at `indices` [B] int32 of the split."""
        if split == UNSEEN:
            return self._task.batch(PAYING, indices + self._half)
        return self._task.batch(split, indices)

    def loss(self, output: ChildOutput, batch: Batch) -> tf.Tensor:
        """As the task's, [] float32."""
        return self._task.loss(output, batch)

    def measured(self, output: ChildOutput, batch: Batch) -> tf.Tensor:
        """As the task's, [B] float32."""
        return self._task.measured(output, batch)

    def log_likelihood(self, output: ChildOutput, batch: Batch) -> tf.Tensor:
        """As the task's, [B] float32."""
        return self._task.log_likelihood(output, batch)

    def lessons(self, *, batch_size: int, num_epochs: int, seed: int) -> Lessons:
        """Those of the task's "train"."""
        return self._task.lessons(
            batch_size=batch_size, num_epochs=num_epochs, seed=seed
        )
