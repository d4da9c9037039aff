"""Trains the controller: REINFORCE on arcs and their rewards."""

from typing import NamedTuple

import tensorflow as tf

from enas_tf.config.sections import ControllerConfig
from enas_tf.nn import seeds
from enas_tf.search import reinforce
from enas_tf.search.controller import Controller
from enas_tf.search.rewarder import Rewards
from enas_tf.training import optimizer

RISE = 10.0  # of a rising learning rate, from first to last update


class ControllerMetrics(NamedTuple):
    """Per update, averaged over its arcs, [] float32 each.

    The two variances are of what the arcs are paid for; see `signal.variances`.
    """

    reward: tf.Tensor
    measured: tf.Tensor
    baseline: tf.Tensor
    advantage: tf.Tensor
    entropy: tf.Tensor
    skip_kl: tf.Tensor
    log_prob: tf.Tensor
    loss: tf.Tensor
    grad_norm: tf.Tensor
    lr: tf.Tensor
    value_variance: tf.Tensor
    noise_variance: tf.Tensor


class ControllerRun(NamedTuple):
    """The outcome of a call.

    Attributes:
      metrics: [updates] each.
      tokens: [updates, K, T] int32, the arcs.
      rewards: [updates, K] float32, what they were worth; entropy is not in it.
      measured: [updates, K] float32, means of the task's measured values.
    """

    metrics: ControllerMetrics
    tokens: tf.Tensor
    rewards: tf.Tensor
    measured: tf.Tensor


class ControllerTrainer:
    """Adam on the controller; one update averages the gradients of K arcs."""

    def __init__(
        self,
        controller: Controller,
        rewards: Rewards,
        config: ControllerConfig,
        *,
        num_tokens: int,
        total_updates: int,
        seed: int,
    ):
        """Makes the optimiser and a baseline that is no number yet.

        Args:
          controller: what is trained.
          rewards: what its arcs are worth.
          config: how it is trained.
          num_tokens: T, of an arc.
          total_updates: of the whole search; a rising learning rate goes by it.
          seed: the run's; arcs follow from it.
        """
        self._controller = controller
        self._rewards = rewards
        self._config = config
        self._num_tokens = num_tokens
        self._total_updates = total_updates
        self._seed = seed
        self._trained = [v.value for v in controller.trainable_variables]
        self._optimizer = optimizer.Adam(
            self._trained,
            beta1=config.adam_beta1,
            epsilon=config.adam_epsilon,
            factors=controller.lr_factors,
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
        count, width = self._config.num_aggregate, self._num_tokens
        floats = ControllerMetrics(*(tf.float32 for _ in ControllerMetrics._fields))
        run = tf.map_fn(
            self._update,
            tf.range(first, last),
            fn_output_signature=ControllerRun(
                floats,
                tf.TensorSpec([count, width], tf.int32),
                *[tf.TensorSpec([count], tf.float32)] * 2,
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
                found = self._rewards.of(sample.tokens, update)
                # Deviation D3: entropy is paid for, and is not differentiated.
                bonus = config.entropy_weight * tf.stop_gradient(sample.entropy)
                rewards = found.rewards + bonus
                advantage = self._advantage(rewards)
            loss = reinforce.loss(
                sample.log_prob,
                advantage.values,
                sample.skip_kl,
                skip_weight=config.skip_weight,
            )
        gradients = tape.gradient(loss, self._trained)
        lr = self._learning_rate(update)
        norm = self._apply(gradients, lr)
        self._baseline.assign(advantage.baseline)
        means = [rewards, found.measured, advantage.baseline, advantage.values]
        means += [sample.entropy, sample.skip_kl, sample.log_prob, loss, norm, lr]
        means += [found.variances.total, found.variances.noise]
        metrics = ControllerMetrics(*(tf.reduce_mean(value) for value in means))
        return ControllerRun(metrics, sample.tokens, found.rewards, found.measured)

    def _advantage(self, rewards: tf.Tensor) -> reinforce.Advantage:
        advantage = reinforce.advantages(
            rewards,
            self._baseline,
            kind=self._config.baseline,
            decay=self._config.bl_dec,
        )
        if self._config.normalize_advantage:
            values = reinforce.normalize(advantage.values, baseline=advantage.baseline)
            return advantage._replace(values=values)
        return advantage

    def _learning_rate(self, update: tf.Tensor) -> tf.Tensor:
        """That of `update`, [] float32."""
        first = tf.constant(self._config.lr)
        if self._config.lr_schedule == "constant":
            return first
        # Deviation D37: an option. The first rewards say least, as the shared weights
        # are least trained then.
        last = max(self._total_updates - 1, 1)
        return first * tf.pow(RISE, tf.cast(update, tf.float32) / last)

    def _apply(self, gradients: list[tf.Tensor], lr: tf.Tensor) -> tf.Tensor:
        """One Adam step; returns the gradient's norm."""
        # An embedding's gradient comes as rows, some of them of one and the same row.
        gradients = [
            tf.zeros_like(v) if g is None else tf.convert_to_tensor(g)
            for g, v in zip(gradients, self._trained, strict=True)
        ]
        l2 = [self._config.l2_reg] * len(gradients)
        gradients = optimizer.add_l2(gradients, self._trained, l2)
        self._optimizer.apply(gradients, lr)
        return tf.linalg.global_norm(gradients)
