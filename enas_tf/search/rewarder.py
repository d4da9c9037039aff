"""The rewards of an update's arcs, measured under the shared weights."""

from typing import NamedTuple, Protocol

import tensorflow as tf

from enas_tf.config.sections import ControllerConfig
from enas_tf.nn import replicas as replicas_lib
from enas_tf.nn import seeds
from enas_tf.nn.replicas import Replicas
from enas_tf.search import signal
from enas_tf.search.payer import Payer
from enas_tf.search.scoring import Scorer, Values


class Rewarded(NamedTuple):
    """What the K arcs of an update are worth.

    Attributes:
      rewards: [K] float32; higher is better. Entropy is not in them.
      measured: [K] float32, means of the task's measured values.
      variances: of the values that the rewards are made of.
    """

    rewards: tf.Tensor
    measured: tf.Tensor
    variances: signal.Variances


class Rewards(Protocol):
    """What pays the controller: shared weights, or a table of known accuracies."""

    def of(self, tokens: tf.Tensor, update: tf.Tensor) -> Rewarded:
        """The rewards of `tokens` [K, T] int32; traced into the controller's update.

        A function of its arguments and of weights alone; `update` is [] int64.
        """


class Rewarder:
    """Measures arcs on validation batches; `Rewards`."""

    def __init__(
        self,
        scorer: Scorer,
        config: ControllerConfig,
        *,
        payer: Payer,
        batch_size: int,
        seed: int,
        replicas: Replicas = replicas_lib.ALONE,
    ):
        """Nothing is measured yet.

        Args:
          scorer: measures the arcs on the split "valid".
          config: whether their batches are their own.
          payer: says what means are worth.
          batch_size: examples in a batch; at most as many as the split has.
          seed: the run's; the examples follow from it.
          replicas: share the arcs of an update.
        """
        self._scorer = scorer
        self._common = config.reward_batch == "common"
        self._payer = payer
        self._batch_size = batch_size
        self._seed = seed
        self._replicas = replicas

    def of(self, tokens: tf.Tensor, update: tf.Tensor) -> Rewarded:
        """As `Rewards.of`: each arc on its own shuffled batch, or all on one."""
        count = tokens.shape[0]
        draw = seeds.at(self._seed, "reward", update)
        # Deviation D36: one batch for all arcs of an update, as an option.
        indices = self._scorer.random_batches(
            "valid", 1 if self._common else count, self._batch_size, seed=draw
        )
        if self._common:
            indices = tf.tile(indices, [count, 1])
        values = self._values(tokens, indices)
        measured = self._means(values.measured)
        paid = self._payer.of(
            tokens, lambda: measured, lambda: self._means(values.log_likelihood)
        )
        basis = values.log_likelihood if paid.by_likelihood else values.measured
        variances = signal.variances(basis, common=self._common)
        return Rewarded(paid.rewards, measured, variances)

    def _values(self, tokens: tf.Tensor, indices: tf.Tensor) -> Values:
        """Of each arc [K, T] on its row of examples [K, B]; [K, B] each."""
        if not self._replicas.several:
            return self._scorer.row_values(tokens, indices, split="valid")
        count = tokens.shape[0]

        def share(number: tf.Tensor) -> Values:
            first, last = self._replicas.share(number, count)
            own = self._scorer.row_values(
                tokens[first:last], indices[first:last], split="valid"
            )
            around = [[first, count - last], [0, 0]]
            return Values(*(tf.pad(value, around) for value in own))

        return self._replicas.summed(share)

    def _means(self, values: tf.Tensor) -> tf.Tensor:
        """Of the rows [K, B], each summed by itself: last digits go by the order."""
        sums = tf.map_fn(tf.reduce_sum, values, parallel_iterations=1)
        return sums / self._batch_size
