"""REINFORCE and its baselines, as pure functions of K arcs' numbers."""

from typing import NamedTuple

import tensorflow as tf

NORMALIZE_EPSILON = 1e-4
# The least deviation that is divided by, in terms of the baseline: where all arcs do
# alike, what differs is no news and must not be blown up.
NORMALIZE_FLOOR = 0.01


class Advantage(NamedTuple):
    """Advantages [K] and the baseline [] after them."""

    values: tf.Tensor
    baseline: tf.Tensor


def advantages(
    rewards: tf.Tensor, baseline: tf.Tensor, *, kind: str, decay: float
) -> Advantage:
    """The advantage of each of K arcs: its reward over the baseline of that `kind`.

    Args:
      rewards: [K] float32, in order.
      baseline: [] float32, after the arcs before; only a moving one goes by it.
      kind: "moving", "aggregate" (the mean of these K rewards) or "leave_one_out" (of
        the K - 1 others).
      decay: of a moving one.
    """
    if kind == "moving":
        return over_moving(rewards, baseline, decay=decay)
    # Deviation D34: baselines of the update's own rewards, which take out whatever its
    # arcs have in common, such as the batch.
    mean = tf.reduce_mean(rewards)
    values = rewards - mean
    if kind == "leave_one_out":  # R_k - (K mean - R_k) / (K - 1)
        values *= rewards.shape[0] / (rewards.shape[0] - 1)
    return Advantage(values, mean)


def over_moving(rewards: tf.Tensor, baseline: tf.Tensor, *, decay: float) -> Advantage:
    """The advantage of each of K arcs over a moving average.

    Arc k's advantage is R_k - b_(k-1); then b_k = b_(k-1) + (1 - decay)(R_k - b_(k-1)).

    # Deviation D6: the advantage uses the baseline before its own update; a baseline
    # that is not a number (at the start) becomes the first reward.

    Args:
      rewards: [K] float32, in order.
      baseline: [] float32, NaN before the first reward.
      decay: of the baseline.
    """
    rewards.shape.assert_has_rank(1)
    first = tf.where(tf.math.is_nan(baseline), rewards[0], baseline)
    after = tf.scan(lambda b, r: b + (1.0 - decay) * (r - b), rewards, first)
    before = tf.concat([first[None], after[:-1]], axis=0)
    return Advantage(rewards - before, after[-1])


def normalize(advantage: tf.Tensor, *, baseline: tf.Tensor) -> tf.Tensor:
    """Divide by the standard deviation over the aggregate, [K] -> [K].

    # Deviation D7: an option, off by default. Without it a short search does not move
    # the controller (docs/design.md, "Short searches").

    Args:
      advantage: [K] float32, of at least two arcs.
      baseline: [] float32, says how large rewards are; the divisor is at least
        `NORMALIZE_FLOOR` of it.
    """
    deviation = tf.math.reduce_std(advantage) + NORMALIZE_EPSILON
    return advantage / tf.maximum(deviation, NORMALIZE_FLOOR * tf.abs(baseline))


def loss(
    log_prob: tf.Tensor,
    advantage: tf.Tensor,
    skip_kl: tf.Tensor,
    *,
    skip_weight: float,
) -> tf.Tensor:
    """[]: mean over K arcs of -log p(arc) * advantage + skip_weight * skip_kl.

    The gradient flows through log_prob and skip_kl, not through the advantage
    (Williams 1992; src/cifar10/general_controller.py, build_trainer).
    """
    for values in (log_prob, advantage, skip_kl):
        values.shape.assert_has_rank(1)
    advantage = tf.stop_gradient(advantage)
    return tf.reduce_mean(-log_prob * advantage + skip_weight * skip_kl)
