"""What the controller is paid for. A new reward is a function and a line in REWARDS."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

SCALE = 80.0  # paper, section 3.1

# (mean of what the task measures [], arc) -> reward [], higher is better.
Reward = Callable[[tf.Tensor, Any], tf.Tensor]


def accuracy(value: tf.Tensor, arc: Any) -> tf.Tensor:
    """The accuracy on one validation batch; paper section 2.3."""
    del arc
    return value


def inverse_perplexity(value: tf.Tensor, arc: Any) -> tf.Tensor:
    """80 over the perplexity of `value` nats a word; paper section 3.1."""
    del arc
    return SCALE * tf.exp(-value)


# By what a task measures.
REWARDS: dict[str, Reward] = {
    "accuracy": accuracy,
    "perplexity": inverse_perplexity,
}
