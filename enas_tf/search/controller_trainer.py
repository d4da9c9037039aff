"""Trains the controller: REINFORCE on arcs rewarded under the shared weights."""

from typing import NamedTuple

import tensorflow as tf

from enas_tf.config.sections import ControllerConfig
from enas_tf.nn import seeds
from enas_tf.search import reinforce
from enas_tf.search.controller import Controller, Sample
from enas_tf.search.rewards import Reward
from enas_tf.search.scoring import Scorer
from enas_tf.spaces.base import SearchSpace
from enas_tf.training import optimizer


class ControllerMetrics(NamedTuple):
    """Per update, averaged over its arcs, [] float32 each."""

    reward: tf.Tensor
    measured: tf.Tensor
    baseline: tf.Tensor
    advantage: tf.Tensor
    entropy: tf.Tensor
    skip_kl: tf.Tensor
    log_prob: tf.Tensor
    loss: tf.Tensor
    grad_norm: tf.Tensor


class ControllerRun(NamedTuple):
    """The outcome of a call: metrics [updates], and arcs [updates, K, T]."""

    metrics: ControllerMetrics
    tokens: tf.Tensor


class ControllerTrainer:
    """Adam on the controller; one update averages the gradients of K arcs."""

    def __init__(
        self,
        controller: Controller,
        scorer: Scorer,
        config: ControllerConfig,
        *,
        reward: Reward,
        space: SearchSpace,
        batch_size: int,
        seed: int,
    ):
        """Makes the optimiser and a baseline that is no number yet.

        Args:
          controller: what is trained.
          scorer: measures its arcs.
          config: how it is trained.
          reward: what a measurement is worth.
          space: of the arcs.
          batch_size: examples that a reward is measured on.
          seed: the run's; arcs and examples follow from it.
        """
        self._controller = controller
        self._scorer = scorer
        self._config = config
        self._reward = reward
        self._space = space
        self._batch_size = batch_size
        self._seed = seed
        self._trained = [v.value for v in controller.trainable_variables]
        self._optimizer = optimizer.Adam(
            self._trained, beta1=config.adam_beta1, epsilon=config.adam_epsilon
        )
        self._baseline = tf.Variable(float("nan"))

    @property
    def variables(self) -> list[tf.Variable]:
        """The variables for a checkpoint, those of the controller itself apart."""
        return [*self._optimizer.variables, self._baseline]

    @property
    def free(self) -> list[tf.Variable]:
        """Those of `variables` that are no weights; there is no baseline at first."""
        return [self._baseline]

    @tf.function(autograph=False)
    def run(self, first: tf.Tensor, last: tf.Tensor) -> ControllerRun:
        """Do the updates first <= update < last ([] int64)."""
        count, width = self._config.num_aggregate, self._space.num_tokens
        floats = ControllerMetrics(*(tf.float32 for _ in ControllerMetrics._fields))
        run = tf.map_fn(
            self._update,
            tf.range(first, last),
            fn_output_signature=ControllerRun(
                floats, tf.TensorSpec([count, width], tf.int32)
            ),
            parallel_iterations=1,
        )
        return run

    def _update(self, update: tf.Tensor) -> ControllerRun:
        config = self._config
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(self._trained)
            # Deviation D16: all K arcs at once, from the very weights to be updated.
            draw = seeds.at(self._seed, "controller", update)
            sample = self._controller.sample(config.num_aggregate, seed=draw)
            with tape.stop_recording():
                measured, rewards = self._rewards(sample, update)
                advantage = self._advantage(rewards)
            loss = reinforce.loss(
                sample.log_prob,
                advantage.values,
                sample.skip_kl,
                skip_weight=config.skip_weight,
            )
        norm = self._apply(tape.gradient(loss, self._trained))
        self._baseline.assign(advantage.baseline)
        means = [rewards, measured, advantage.baseline, advantage.values]
        means += [sample.entropy, sample.skip_kl, sample.log_prob, loss, norm]
        metrics = ControllerMetrics(*(tf.reduce_mean(value) for value in means))
        return ControllerRun(metrics, sample.tokens)

    def _rewards(
        self, sample: Sample, update: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Measured values [K], each on its own shuffled batch, and rewards [K]."""
        draw = seeds.at(self._seed, "reward", update)
        count = self._config.num_aggregate
        indices = self._scorer.random_batches(
            "valid", count, self._batch_size, seed=draw
        )
        ones = tf.ones([count, self._batch_size])
        sums = self._scorer.row_sums(sample.tokens, indices, ones, split="valid")
        means = sums / self._batch_size
        arcs = [self._space.decode(sample.tokens[k]) for k in range(count)]
        values = [self._reward(means[k], arc) for k, arc in enumerate(arcs)]
        # Deviation D3: entropy is paid for, and is not differentiated.
        bonus = self._config.entropy_weight * tf.stop_gradient(sample.entropy)
        return means, tf.stack(values) + bonus

    def _advantage(self, rewards: tf.Tensor) -> reinforce.Advantage:
        advantage = reinforce.advantages(
            rewards, self._baseline, decay=self._config.bl_dec
        )
        if self._config.normalize_advantage:
            values = reinforce.normalize(advantage.values, baseline=advantage.baseline)
            return advantage._replace(values=values)
        return advantage

    def _apply(self, gradients: list[tf.Tensor]) -> tf.Tensor:
        """One Adam step; returns the gradient's norm."""
        # An embedding's gradient comes as rows, some of them of one and the same row.
        gradients = [
            tf.zeros_like(v) if g is None else tf.convert_to_tensor(g)
            for g, v in zip(gradients, self._trained, strict=True)
        ]
        l2 = [self._config.l2_reg] * len(gradients)
        gradients = optimizer.add_l2(gradients, self._trained, l2)
        self._optimizer.apply(gradients, tf.constant(self._config.lr))
        return tf.linalg.global_norm(gradients)
