"""REINFORCE on one logit for each choice of each decision: a policy without an LSTM.

Whatever it learns beyond the controller, the LSTM is in the way of.
"""

from collections.abc import Sequence

import numpy as np
import scipy.special
import tensorflow as tf

from enas_tf.benchmark.learning.pay import HostRewards
from enas_tf.benchmark.learning.table import Table
from enas_tf.config.sections import ControllerConfig
from enas_tf.search import reinforce
from enas_tf.training import optimizer


def policies(
    table: Table,
    rewards: HostRewards,
    config: ControllerConfig,
    rng: np.random.Generator,
    counts: Sequence[int],
    *,
    drawn: int,
) -> dict[int, np.ndarray]:
    """Arcs of the policy after so many rewards, {count: [drawn, T] int32}.

    Args:
      table: whose arcs they are.
      rewards: pays them.
      config: the controller's; baseline, batches and learning rate are as there, the
        rate times the factor of --controller_decision_bias.
      rng: draws the arcs.
      counts: rising multiples of the arcs of an update.
      drawn: arcs to draw at each count.
    """
    logits = tf.Variable(tf.zeros([table.layers, table.choices]))
    adam = optimizer.Adam(
        [logits], beta1=config.adam_beta1, epsilon=config.adam_epsilon
    )
    lr = tf.constant(config.lr * (config.decision_bias or 1.0))
    baseline, found = tf.constant(float("nan")), {}
    for count in range(0, counts[-1] + 1, config.num_aggregate):
        held = logits.numpy()
        if count in counts:
            found[count] = draw(held, drawn, rng)
        tokens = draw(held, config.num_aggregate, rng)
        paid = rewards.of(tokens, common=config.reward_batch == "common")
        values, baseline = _advantages(paid, baseline, config)
        adam.apply([tf.constant(gradient(held, tokens, values), tf.float32)], lr)
    return found


def draw(logits: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """`count` arcs of the policy with `logits` [T, C], [count, T] int32."""
    noisy = logits + rng.gumbel(size=(count, *logits.shape))
    return noisy.argmax(axis=2).astype(np.int32)


def gradient(
    logits: np.ndarray, tokens: np.ndarray, advantages: np.ndarray
) -> np.ndarray:
    """Of the loss, mean of -log p(arc) times its advantage, [T, C].

    Args:
      logits: [T, C].
      tokens: [K, T], the arcs.
      advantages: [K].
    """
    chosen = np.eye(logits.shape[1])[tokens]  # [K, T, C]
    away = chosen - scipy.special.softmax(logits, axis=1)
    return -(advantages[:, None, None] * away).mean(axis=0)


def _advantages(
    paid: np.ndarray, baseline: tf.Tensor, config: ControllerConfig
) -> tuple[np.ndarray, tf.Tensor]:
    rewards = tf.constant(paid, tf.float32)
    found = reinforce.advantages(
        rewards, baseline, kind=config.baseline, decay=config.bl_dec
    )
    values = found.values
    if config.normalize_advantage:
        values = reinforce.normalize(values, baseline=found.baseline)
    return values.numpy(), found.baseline
