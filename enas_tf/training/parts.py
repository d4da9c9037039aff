"""Trains a final child on several devices, each on its part of every batch.

The problem: a step is to be that of the whole batch, while no device sees more than a
part; and Keras' layers write their moving averages as they run, in every replica.

The idea: parts are equally large, so the mean of their gradients is the gradient of the
batch's mean loss. What layers would write is kept apart (`keras.StatelessScope`), and
its mean over the replicas is written once. With one device a step is `ChildTrainer`'s.

Not for batch statistics, which are a part's own (docs/deviations.md, D44).
"""

from typing import NamedTuple, TypeVar

import keras
import tensorflow as tf

from enas_tf.children.network import PartNetwork
from enas_tf.config import errors
from enas_tf.config.sections import ChildConfig, ConfigError
from enas_tf.nn import replicas as replicas_lib
from enas_tf.nn.replicas import Replicas
from enas_tf.tasks.base import Batch, Lesson, Lessons, Task
from enas_tf.training.child import ChildTrainer, Learned

BatchT = TypeVar("BatchT", bound=Batch)


class _Part(NamedTuple):
    """What a replica learned, and the moving averages that it came to."""

    learned: Learned
    moving: list[tf.Tensor]


def refuse_uneven(batch_size: int, replicas: Replicas) -> None:
    """Refuse a batch of which not all devices have equally many.

    Raises:
      ConfigError: it cannot be divided.
    """
    count = replicas.count
    if batch_size % count:
        raise ConfigError(
            errors.refusal(
                "batch_size",
                batch_size,
                f"a multiple of {count}, the number of devices that share a training",
                "Take another --distribute_devices, or another --batch_size.",
            )
        )


class PartsTrainer(ChildTrainer):
    """A `ChildTrainer` of a final child."""

    def __init__(
        self,
        network: PartNetwork,
        task: Task,
        config: ChildConfig,
        *,
        lessons: Lessons,
        replicas: Replicas = replicas_lib.ALONE,
        jit_compile: bool = False,
    ):
        """Makes the optimiser and the carried state; nothing is trained yet.

        Args:
          network: the final child.
          task: its loss and its measure.
          config: how, as for `ChildTrainer`.
          lessons: what each step sees, of `task`.
          replicas: share each batch.
          jit_compile: as for `ChildTrainer`; with one device only.

        Raises:
          ConfigError: a batch cannot be divided among them.
        """
        super().__init__(
            network, task, config, lessons=lessons, jit_compile=jit_compile
        )
        self._final = network
        self._replicas = replicas
        refuse_uneven(lessons.batch_size, replicas)
        self._size = lessons.batch_size // replicas.count

    def _learn(self, lesson: Lesson, step: tf.Tensor) -> Learned:
        if not self._replicas.several:
            return super()._learn(lesson, step)
        count = tf.constant(float(self._replicas.count))
        sums = self._replicas.summed(lambda number: self._of(lesson, step, number))
        for variable, total in zip(self._final.moving, sums.moving, strict=True):
            variable.assign(total / count)
        return sums.learned._replace(
            gradients=[total / count for total in sums.learned.gradients],
            loss=sums.learned.loss / count,
            measured=sums.learned.measured / count,
            tokens=tf.zeros([0], tf.int32),
        )

    def _of(self, lesson: Lesson, step: tf.Tensor, number: tf.Tensor) -> _Part:
        """What the part `number` of the lesson teaches."""
        own = lesson._replace(batch=self._cut(lesson.batch, number))
        with keras.StatelessScope() as scope:
            # Deviation D44: batch statistics are those of the part.
            learned = self._learn_by(
                own,
                lambda state: self._final.forward(
                    own.batch.inputs,
                    step=step,
                    state=None if state is None else self._cut(state, number),
                    part=number,
                ),
            )
        moving = [scope.get_current_value(v) for v in self._final.moving]
        state = tf.nest.map_structure(
            lambda value: self._placed(value, number), learned.state
        )
        return _Part(learned._replace(state=state, tokens=()), moving)

    def _cut(self, batch: BatchT, number: tf.Tensor) -> BatchT:
        """The rows of the part `number`."""
        first = number * self._size

        def rows(value: tf.Tensor) -> tf.Tensor:
            found = value[first : first + self._size]
            return tf.ensure_shape(found, [self._size, *value.shape[1:]])

        return tf.nest.map_structure(rows, batch)

    def _placed(self, value: tf.Tensor, number: tf.Tensor) -> tf.Tensor:
        """The rows of the part `number`, among zeros for those of the others."""
        before, after = number, self._replicas.count - 1 - number
        around = [[before * self._size, after * self._size]]
        return tf.pad(value, around + [[0, 0]] * (len(value.shape) - 1))
