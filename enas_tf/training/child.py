"""Trains a child, shared or final: many steps in one call, one compiled step."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from enas_tf.children.network import Network
from enas_tf.children.output import ChildOutput
from enas_tf.config.sections import ChildConfig
from enas_tf.nn import precision
from enas_tf.tasks.base import Lesson, Lessons, Task
from enas_tf.training import means, optimizer
from enas_tf.training.left_out import LeftOut
from enas_tf.training.loss_scale import LossScale


class ChildMetrics(NamedTuple):
    """Of a step, [] float32 each."""

    loss: tf.Tensor
    measured: tf.Tensor
    grad_norm: tf.Tensor


class Learned(NamedTuple):
    """What a step learns from its lesson, before it changes anything.

    Attributes:
      gradients: of the loss without L2, for each variable.
      loss: [] float32.
      measured: mean over the examples, [] float32.
      state: what is carried to the next step; () where nothing is.
      tokens: the arc, [T] int32.
    """

    gradients: Sequence[tf.Tensor]
    loss: tf.Tensor
    measured: tf.Tensor
    state: tf.Tensor | tuple[()]
    tokens: tf.Tensor


# From a carried state, if any, to a network's output and the tokens of its arc.
Forward = Callable[[tf.Tensor | None], tuple[ChildOutput, tf.Tensor]]


class ChildRun(NamedTuple):
    """The outcome of a call.

    Attributes:
      metrics: of its last step.
      last: that step, [] int64.
      tokens: the arc of that step, [T] int32.
      goes_on: whether there may be another step; if not, the call ended there, with a
        loss that is no number, or in a search with the last of many such steps.
    """

    metrics: ChildMetrics
    last: tf.Tensor
    tokens: tf.Tensor
    goes_on: tf.Tensor


class ChildTrainer:
    """Gradient steps on a network's variables.

    A step is a function of the weights, a carried state and its number alone: the
    lesson, the arc and dropout are drawn from (seed, stream, step).

    Attributes:
      loss_scale: of float16; None in the other types.
      left_out: counts steps that change nothing; None where there are none.
      row, line: means of the metrics, which `run` adds to; whoever tells of them resets
        them.
    """

    def __init__(
        self,
        network: Network,
        task: Task,
        config: ChildConfig,
        *,
        lessons: Lessons,
        jit_compile: bool = False,
    ):
        """Makes the optimiser and the carried state; nothing is trained yet.

        Args:
          network: what to train.
          task: its loss and its measure.
          config: how: L2, clipping, momentum; in which type.
          lessons: what each step sees, of `task`.
          jit_compile: whether XLA compiles a step, once for each shape of a batch.
        """
        self._network = network
        self._task = task
        self._config = config
        self._optimizer = network.optimizer(config)
        self.lessons = lessons
        self.measure = task.measure
        # The state that goes from step to step: none, or one tensor.
        start = network.initial_state(lessons.batch_size)
        self._state = [] if start is None else [tf.Variable(start)]
        self._train = (
            tf.function(self._train_on, autograph=False, jit_compile=True)
            if jit_compile
            else self._train_on
        )
        half = config.precision == precision.HALF
        # Deviation D43: the original computes all in float32.
        self.loss_scale = LossScale() if half else None
        self.left_out: LeftOut | None = None
        self.row = means.Means(ChildMetrics._fields)
        self.line = means.Means(ChildMetrics._fields)

    @property
    def variables(self) -> list[tf.Variable]:
        """The variables for a checkpoint, those of the network itself apart."""
        scale = self.loss_scale.variables if self.loss_scale else []
        return [*self._optimizer.variables, *self._state, *scale]

    @property
    def free(self) -> list[tf.Variable]:
        """Those of `variables` that are no weights."""
        return list(self._optimizer.free)

    @property
    def means(self) -> list[tf.Variable]:
        """The sums behind the means, for a checkpoint, lest a mean begin anew."""
        return [*self.row.variables, *self.line.variables]

    def arc_text(self, tokens: np.ndarray) -> str:
        """The arc of a run's `tokens`, as one would type it."""
        return self._network.arc_text(tokens)

    @tf.function(autograph=False)
    def run(self, first: tf.Tensor, last: tf.Tensor, lr: tf.Tensor) -> ChildRun:
        """Do the steps first <= step < last ([] int64), all of one epoch."""
        shared = self.lessons.shared(first)
        zeros = ChildMetrics(*(tf.zeros([]) for _ in ChildMetrics._fields))
        nothing = tf.zeros([self._network.num_tokens], tf.int32)
        start = ChildRun(zeros, first - 1, nothing, tf.constant(True))

        def unfinished(run: ChildRun) -> tf.Tensor:
            return (run.last + 1 < last) & run.goes_on

        def body(run: ChildRun) -> tuple[ChildRun]:
            metrics, tokens = self._step(run.last + 1, shared, lr)
            self.row.add(metrics)
            self.line.add(metrics)
            goes_on = self._goes_on(metrics)
            return (ChildRun(metrics, run.last + 1, tokens, goes_on),)

        return tf.while_loop(unfinished, body, (start,), parallel_iterations=1)[0]

    def _step(
        self, step: tf.Tensor, shared: tf.Tensor | tuple[()], lr: tf.Tensor
    ) -> tuple[ChildMetrics, tf.Tensor]:
        return self._train(self.lessons.lesson(step, shared), step, lr)

    def _train_on(
        self, lesson: Lesson, step: tf.Tensor, lr: tf.Tensor
    ) -> tuple[ChildMetrics, tf.Tensor]:
        """Learn from `lesson` in step `step`; what it was like, and the tokens."""
        learned = self._learn(lesson, step)
        norm = self._updated(learned.gradients, lr * lesson.lr_scale)
        metrics = ChildMetrics(learned.loss, learned.measured, norm)
        for variable in self._state:
            variable.assign(self._next_state(learned.state, metrics))
        return metrics, learned.tokens

    def _goes_on(self, metrics: ChildMetrics) -> tf.Tensor:
        """Whether another step may follow that one, [] bool."""
        return tf.math.is_finite(metrics.loss)

    def _next_state(self, state: tf.Tensor, metrics: ChildMetrics) -> tf.Tensor:
        """What the next step begins with, behind a step that ends in `state`."""
        del metrics
        return state

    def _learn(self, lesson: Lesson, step: tf.Tensor) -> Learned:
        """What step `step` learns from `lesson`."""
        return self._learn_by(
            lesson,
            lambda state: self._network.forward(
                lesson.batch.inputs, step=step, state=state
            ),
        )

    def _learn_by(self, lesson: Lesson, forward: Forward) -> Learned:
        """What one run of the network by `forward` learns."""
        variables = self._network.variables
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(variables)
            output, tokens = forward(self._carried(lesson))
            loss = self._task.loss(output, lesson.batch)
            target = self.loss_scale.up(loss) if self.loss_scale else loss
        gradients = tape.gradient(target, variables)
        if self.loss_scale:
            gradients = self.loss_scale.down(gradients)
        measured = tf.reduce_mean(self._task.measured(output, lesson.batch))
        return Learned(gradients, loss, measured, output.state, tokens)

    def _updated(self, gradients: Sequence[tf.Tensor], lr: tf.Tensor) -> tf.Tensor:
        """`_update`, but for a step that float16 was too small for."""
        if self.loss_scale is None:
            return self._update(gradients, lr)
        return self.loss_scale.guard(gradients, lambda: self._update(gradients, lr))

    def _update(self, gradients: Sequence[tf.Tensor], lr: tf.Tensor) -> tf.Tensor:
        """Change the weights by gradients of the loss; the norm of `_descend`."""
        return self._descend(self._with_l2(gradients), lr)

    def _with_l2(self, gradients: Sequence[tf.Tensor]) -> list[tf.Tensor]:
        # Deviation K5 (kept): on every weight, those the arc does not use included.
        l2 = [self._config.l2_reg * decayed for decayed in self._network.decayed]
        return optimizer.add_l2(gradients, self._network.variables, l2)

    def _descend(self, gradients: Sequence[tf.Tensor], lr: tf.Tensor) -> tf.Tensor:
        """Clip and apply the gradients; their norm before clipping, []."""
        norm = tf.linalg.global_norm(gradients)
        clipped = optimizer.clip(
            gradients,
            mode=self._config.clip_mode,
            bound=self._config.grad_bound,
            norm=norm,
        )
        self._apply(clipped, norm, lr)
        return norm

    def _apply(
        self, clipped: Sequence[tf.Tensor], norm: tf.Tensor, lr: tf.Tensor
    ) -> None:
        """Change the weights by gradients whose global norm was `norm` ([])."""
        del norm
        self._optimizer.apply(clipped, lr)

    def _carried(self, lesson: Lesson) -> tf.Tensor | None:
        """The state that the step begins with."""
        if not self._state:
            return None
        state = tf.convert_to_tensor(self._state[0])
        return tf.where(lesson.begins, tf.zeros_like(state), state)
