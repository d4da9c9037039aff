"""What arcs are worth: a reward on what was measured of them and on what they cost."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

import numpy as np
import tensorflow as tf

from enas_tf.config import rewards as reward_rows
from enas_tf.run import measures
from enas_tf.run.measures import Measure
from enas_tf.search.arc_scores import Scores
from enas_tf.search.reward_inputs import Readings, RewardInputs
from enas_tf.search.rewards import Reward
from enas_tf.spaces.base import SearchSpace

# Tokens [N, T] -> one cost of each arc's final child, [N].
CostOf: TypeAlias = Callable[[np.ndarray], np.ndarray]
Means = Callable[[], tf.Tensor]


class Paid(NamedTuple):
    """What K arcs are worth.

    Attributes:
      rewards: [K] float32.
      by_likelihood: whether they are made of log likelihoods, and of nothing else that
        is measured.
    """

    rewards: tf.Tensor
    by_likelihood: bool


class Payer:
    """Pays arcs by what they read and cost; in a graph, or on the host."""

    def __init__(
        self,
        reward: Reward,
        space: SearchSpace,
        measure: Measure,
        costs: Mapping[str, CostOf] | None = None,
    ):
        """Nothing is paid yet.

        Args:
          reward: of one arc.
          space: of the arcs.
          measure: of the task.
          costs: what counts each cost that the reward may read, by its name.
        """
        self._reward = reward
        self._space = space
        self._measure = measure
        self._costs = costs or {}

    def of(self, tokens: tf.Tensor, measured: Means, log_likelihood: Means) -> Paid:
        """Rewards of `tokens` [K, T] int32, by means over batches, [K] float32 each.

        A mean that the reward does not read is not made.

        Args:
          tokens: of the arcs; K is known.
          measured: gives means of the task's measured values.
          log_likelihood: gives those of log likelihoods.
        """
        named = self._measures(measured, log_likelihood)
        costs = Readings({name: self._cost(name, tokens) for name in self._costs})
        rewards = []
        for k in range(tokens.shape[0]):
            arc = self._space.decode(tokens[k])
            rewards.append(self._reward(RewardInputs(named.of(k), arc, costs.of(k))))
        only = named.read == (reward_rows.LOG_LIKELIHOOD,)
        return Paid(tf.stack(rewards), only)

    def worth(self, scores: Scores) -> np.ndarray:
        """Of arcs that were scored on the same examples, [N, n] float64.

        The mean of a row is the arc's reward. An example is worth what it moves that:
        its distance from the mean times the slope of the reward. Where that is no
        number for some example, as of a slope of infinity, rewards alone: [N, 1].
        """
        values = tf.constant(scores.values.mean(axis=1), tf.float32)
        likelihoods = tf.constant(scores.log_likelihoods.mean(axis=1), tf.float32)
        tokens = tf.constant(scores.tokens, tf.int32)
        with tf.GradientTape() as tape:
            tape.watch([values, likelihoods])
            paid = self.of(tokens, lambda: values, lambda: likelihoods)
            total = tf.reduce_sum(paid.rewards)
        slopes = tape.gradient(
            total, [values, likelihoods], unconnected_gradients="zero"
        )
        of_means = paid.rewards.numpy().astype(np.float64)[:, np.newaxis]
        found = of_means
        for slope, rows in zip(
            slopes, (scores.values, scores.log_likelihoods), strict=True
        ):
            apart = rows - rows.mean(axis=1, keepdims=True)
            with np.errstate(invalid="ignore"):  # an infinite slope, times nothing
                moved = slope.numpy().astype(np.float64)[:, np.newaxis] * apart
                found = found + moved
        return found if np.isfinite(found).all() else of_means

    def costs(self, tokens: np.ndarray) -> dict[str, np.ndarray]:
        """What arcs [N, T] cost, [N] each, by name."""
        return {name: of_arcs(tokens) for name, of_arcs in self._costs.items()}

    def _measures(self, measured: Means, log_likelihood: Means) -> Readings:
        makers = {reward_rows.LOG_LIKELIHOOD: log_likelihood}
        if self._measure is measures.PERPLEXITY:
            makers[self._measure.name] = lambda: tf.exp(measured())
        else:
            makers[self._measure.name] = measured
        return Readings(makers)

    def _cost(self, name: str, tokens: tf.Tensor) -> Means:
        def count(rows: np.ndarray) -> np.ndarray:
            return np.asarray(self._costs[name](rows), np.float32)

        def made() -> tf.Tensor:
            found = tf.numpy_function(count, [tokens], tf.float32, stateful=False)
            return tf.ensure_shape(found, [tokens.shape[0]])

        return made
