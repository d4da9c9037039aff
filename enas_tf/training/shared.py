"""Trains the shared child, also in ways that are not the published one.

Several arcs a step, and an update of nothing but what was used. With the default
settings a step is that of `ChildTrainer`, but for arcs that overflow (left_out.py).
"""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from enas_tf.config.sections import ChildConfig
from enas_tf.nn import replicas as replicas_lib
from enas_tf.nn.replicas import Replicas
from enas_tf.tasks.base import Lesson, Lessons, Task
from enas_tf.training import left_out, optimizer, used_only
from enas_tf.training.child import ChildMetrics, ChildTrainer, Learned
from enas_tf.training.networks import SampledChild


class SharedTrainer(ChildTrainer):
    """A `ChildTrainer` of the shared child.

    What it tells as a step's `tokens` is the first of its arcs, whose state alone is
    carried on.
    """

    def __init__(
        self,
        network: SampledChild,
        task: Task,
        config: ChildConfig,
        *,
        lessons: Lessons,
        replicas: Replicas = replicas_lib.ALONE,
    ):
        """Makes the optimiser and the carried state; nothing is trained yet.

        Args:
          network: the shared child, and the arcs of each step.
          task: its loss and its measure.
          config: how, as for `ChildTrainer`; how many arcs a step, and what it changes.
          lessons: what each step sees, of `task`.
          replicas: share the arcs of a step.
        """
        super().__init__(network, task, config, lessons=lessons)
        self._sampled = network
        self._replicas = replicas
        self.left_out: left_out.LeftOut = left_out.LeftOut()

    def arc_text(self, tokens: np.ndarray) -> str:
        """The first arc of a step, as one would type it."""
        text = super().arc_text(tokens)
        return f"{text} (the first of the step's arcs)" if self._several else text

    @property
    def _several(self) -> bool:
        return self._config.several_arcs or self._replicas.several

    def _learn(self, lesson: Lesson, step: tf.Tensor) -> Learned:
        if not self._several:
            return super()._learn(lesson, step)
        # Deviation D38: the original runs one arc a step.
        return self._learn_from(self._sampled.arcs(step), lesson, step)

    def _learn_from(self, arcs: tf.Tensor, lesson: Lesson, step: tf.Tensor) -> Learned:
        """The mean of what the arcs [A, T] learn on one lesson."""
        count = tf.shape(arcs)[0]
        if not self._replicas.several:
            sums = self._sums(arcs, lesson, step, first=tf.constant(0), last=count)
            return _divided(sums, tf.cast(count, tf.float32))

        def share(number: tf.Tensor) -> Learned:
            first, last = self._replicas.share(number, count)
            own = self._sums(arcs, lesson, step, first=first, last=last)
            state = replicas_lib.only(number, 0, own.state)
            return own._replace(state=state, tokens=())

        sums = self._replicas.summed(share)._replace(tokens=arcs[0])
        return _divided(sums, tf.cast(count, tf.float32))

    def _sums(
        self,
        arcs: tf.Tensor,
        lesson: Lesson,
        step: tf.Tensor,
        *,
        first: tf.Tensor,
        last: tf.Tensor,
    ) -> Learned:
        """Sums over arcs[first:last] of what each learns; the state of `first`."""

        # A loop, with the tape inside: neither the graph nor the maps that are kept for
        # the gradients grow with the number of arcs.
        def body(number: tf.Tensor, sums: Learned) -> tuple[tf.Tensor, Learned]:
            one = self._learn_of(number, arcs[number], lesson, step)
            return number + 1, _added(sums, one, first=number == first)

        start = (first, self._nothing(lesson, arcs[0]))
        return tf.while_loop(
            lambda number, _: number < last, body, start, parallel_iterations=1
        )[1]

    def _learn_of(
        self, number: tf.Tensor, tokens: tf.Tensor, lesson: Lesson, step: tf.Tensor
    ) -> Learned:
        """What arc `number` learns."""
        inputs, run = lesson.batch.inputs, self._sampled.run
        return self._learn_by(
            lesson,
            lambda state: (
                run(inputs, tokens, step=step, number=number, state=state),
                tokens,
            ),
        )

    def _nothing(self, lesson: Lesson, tokens: tf.Tensor) -> Learned:
        """Sums before the first arc."""
        carried, zero = self._carried(lesson), tf.zeros([])
        return Learned(
            gradients=[tf.zeros_like(v) for v in self._sampled.variables],
            loss=zero,
            measured=zero,
            state=() if carried is None else carried,
            tokens=tokens,
        )

    def _update(self, gradients: Sequence[tf.Tensor], lr: tf.Tensor) -> tf.Tensor:
        if self._config.update == "all":
            return super()._update(gradients, lr)
        # Deviation D40: the original's momentum and L2 reach every weight (K5).
        used = used_only.masks(gradients)
        gradients = used_only.masked(self._with_l2(gradients), used)
        variables = [*self._sampled.variables, *self._optimizer.variables]
        with used_only.others_kept(variables, used):
            return self._descend(gradients, lr)

    def _apply(
        self, clipped: Sequence[tf.Tensor], norm: tf.Tensor, lr: tf.Tensor
    ) -> None:
        # Deviation D46: the original's weights are no numbers behind such a step.
        whole = tf.math.is_finite(norm)
        optimizer.apply_if(whole, self._optimizer, clipped, lr)

    def _goes_on(self, metrics: ChildMetrics) -> tf.Tensor:
        return self.left_out.note(metrics)

    def _next_state(self, state: tf.Tensor, metrics: ChildMetrics) -> tf.Tensor:
        whole = left_out.finite([state, *metrics])
        return tf.where(whole, state, tf.zeros_like(state))


def _added(sums: Learned, one: Learned, *, first: tf.Tensor) -> Learned:
    """`sums` with one arc more; the state stays that of the `first` ([] bool)."""
    pairs = zip(sums.gradients, one.gradients, strict=True)
    return Learned(
        gradients=[total + gradient for total, gradient in pairs],
        loss=sums.loss + one.loss,
        measured=sums.measured + one.measured,
        state=tf.nest.map_structure(
            lambda old, new: tf.where(first, new, old), sums.state, one.state
        ),
        tokens=sums.tokens,
    )


def _divided(sums: Learned, count: tf.Tensor) -> Learned:
    """Means of sums over `count` ([] float32) arcs."""
    return sums._replace(
        gradients=[total / count for total in sums.gradients],
        loss=sums.loss / count,
        measured=sums.measured / count,
    )
