"""Trains a child, shared or final: many steps in one call, one compiled step."""

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from enas_tf.config import ChildConfig
from enas_tf.nn import seeds
from enas_tf.training import optimizer
from enas_tf.training.networks import Network


class ChildMetrics(NamedTuple):
    """Sums over the steps of a call, [] float32 each."""

    loss: tf.Tensor
    accuracy: tf.Tensor
    grad_norm: tf.Tensor


class ChildRun(NamedTuple):
    """What a call did.

    Attributes:
      sums: of each metric over its steps.
      last: the last step, [] int64.
      tokens: the arc of that step, [T] int32.
      finite: whether that step's loss was a number; if not, the call ended there.
    """

    sums: ChildMetrics
    last: tf.Tensor
    tokens: tf.Tensor
    finite: tf.Tensor


def steps_per_epoch(task: Any, batch_size: int) -> int:
    """The batches of a pass over the training examples, the last one full as well."""
    return -(-task.size("train") // batch_size)


class ChildTrainer:
    """Nesterov momentum on a network's variables.

    A step is a function of the weights and its number alone: the epoch's order, the
    arc, augmentation and dropout are drawn from (seed, stream, step).
    """

    def __init__(
        self,
        network: Network,
        task: Any,
        config: ChildConfig,
        *,
        batch_size: int,
        seed: int,
    ):
        """Args: what to train, on what, how; images in a batch; the run's seed."""
        self._network = network
        self._task = task
        self._config = config
        self._batch_size = batch_size
        self._seed = seed
        self._optimizer = optimizer.Momentum(network.variables)
        self.steps_per_epoch = steps_per_epoch(task, batch_size)

    @property
    def variables(self) -> list[tf.Variable]:
        """What a checkpoint must hold, apart from the network itself."""
        return self._optimizer.variables

    def arc_text(self, tokens: np.ndarray) -> str:
        """The arc of a run's `tokens`, as one would type it."""
        return self._network.arc_text(tokens)

    @tf.function(autograph=False)
    def run(self, first: tf.Tensor, last: tf.Tensor, lr: tf.Tensor) -> ChildRun:
        """Do the steps first <= step < last ([] int64), all of one epoch."""
        order = self._order(first // self.steps_per_epoch)
        zeros = ChildMetrics(*(tf.zeros([]) for _ in ChildMetrics._fields))
        nothing = tf.zeros([self._network.num_tokens], tf.int32)
        start = ChildRun(zeros, first - 1, nothing, tf.constant(True))

        def unfinished(run):
            return (run.last + 1 < last) & run.finite

        def body(run):
            metrics, tokens = self._step(run.last + 1, order, lr)
            sums = ChildMetrics(
                *(s + m for s, m in zip(run.sums, metrics, strict=True))
            )
            finite = tf.math.is_finite(metrics.loss)
            return (ChildRun(sums, run.last + 1, tokens, finite),)

        return tf.while_loop(unfinished, body, (start,), parallel_iterations=1)[0]

    def _step(self, step, order, lr) -> tuple[ChildMetrics, tf.Tensor]:
        batch = self._task.batch(
            "train",
            self._indices(step, order),
            augment_seed=seeds.at(self._seed, "augment", step),
        )
        variables = self._network.variables
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(variables)
            output, tokens = self._network.forward(batch.inputs, step=step)
            loss = self._task.loss(output, batch)
        gradients = tape.gradient(loss, variables)
        # Deviation K5 (kept): on every weight, those the arc does not use included.
        l2 = [self._config.l2_reg * decayed for decayed in self._network.decayed]
        gradients = optimizer.add_l2(gradients, variables, l2)
        norm = tf.linalg.global_norm(gradients)
        gradients = optimizer.clip(
            gradients,
            mode=self._config.clip_mode,
            bound=self._config.grad_bound,
            norm=norm,
        )
        self._optimizer.apply(gradients, lr)
        accuracy = tf.reduce_mean(self._task.correct(output, batch))
        return ChildMetrics(loss, accuracy, norm), tokens

    def _order(self, epoch: tf.Tensor) -> tf.Tensor:
        """The epoch's order of the training examples, [N] int32."""
        examples = tf.range(self._task.size("train"))
        seed = seeds.at(self._seed, "order", epoch)
        return tf.random.experimental.stateless_shuffle(examples, seed)

    def _indices(self, step: tf.Tensor, order: tf.Tensor) -> tf.Tensor:
        """The step's examples, [B].

        Batches are always full: the last one of an epoch begins early
        (# Deviation D12).
        """
        place = tf.cast(step % self.steps_per_epoch, tf.int32) * self._batch_size
        place = tf.minimum(place, self._task.size("train") - self._batch_size)
        return order[place : place + self._batch_size]
