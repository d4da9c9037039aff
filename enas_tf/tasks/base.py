"""The contract of a task: what it gives to those that train, score and search by it."""

from typing import Generic, NamedTuple, Protocol, TypeVar

import tensorflow as tf

from enas_tf.children.output import ChildOutput
from enas_tf.run.measures import Measure


class Batch(Protocol):
    """Examples, B of them: what a network reads, and whatever their task needs."""

    @property
    def inputs(self) -> tf.Tensor:
        """[B, ...]."""


BatchT = TypeVar("BatchT", bound=Batch)


class Lesson(NamedTuple, Generic[BatchT]):
    """The examples of one training step.

    Attributes:
      batch: what the task's `loss` takes.
      lr_scale: [] float32, the step's share of the learning rate.
      begins: [] bool, whether a state carried so far ends here.
    """

    batch: BatchT
    lr_scale: tf.Tensor | float = 1.0
    begins: tf.Tensor | bool = False


class Lessons(Protocol[BatchT]):
    """The batch of each training step, a pure function of the step's number.

    `shared` is called once in a call of steps, all of one epoch; `lesson` for each.

    Attributes:
      batch_size: B of all batches.
    """

    batch_size: int

    def steps_before(self, epoch: int) -> int:
        """The number of the first step of `epoch`; of all epochs, where it is the end.

        An epoch that is asked for has at least one step.
        """

    def shared(self, first: tf.Tensor) -> tf.Tensor | tuple[()]:
        """The common part of an epoch's steps; `first` ([] int64) is one of them."""

    def lesson(self, step: tf.Tensor, shared: tf.Tensor | tuple[()]) -> Lesson[BatchT]:
        """That of `step` ([] int64), of the epoch whose `shared` is given."""


class Task(Protocol[BatchT]):
    """What good means on one set of data.

    Splits are "train" and what else a stage was given: "valid", "test". All but `size`
    and `lessons` are called inside of graphs.

    Attributes:
      measure: how the mean of `measured` is displayed.
    """

    @property
    def measure(self) -> Measure:
        """How the mean of `measured` is told."""

    def size(self, split: str) -> int:
        """Number of examples; KeyError for a split that was not given."""

    def batch(self, split: str, indices: tf.Tensor) -> BatchT:
        """The examples at `indices` [B] int32, as an evaluation sees them."""

    def loss(self, output: ChildOutput, batch: BatchT) -> tf.Tensor:
        """The loss, which training lowers, [] float32."""

    def measured(self, output: ChildOutput, batch: BatchT) -> tf.Tensor:
        """[B] float32, the value of each example; means are taken of it."""

    def log_likelihood(self, output: ChildOutput, batch: BatchT) -> tf.Tensor:
        """[B] float32, the log probability of each example's right answer, nats."""

    def lessons(
        self, *, batch_size: int, num_epochs: int, seed: int
    ) -> Lessons[BatchT]:
        """The lessons of a training on "train"; `seed` is the run's."""
