"""What the controller is paid for. A new reward is a function and a line in REWARDS."""

from typing import Any, Protocol

import tensorflow as tf

SCALE = 80.0  # paper, section 3.1


class Reward(Protocol):
    """What one arc is worth to the controller; traced into its update.

    Called once for each arc of an update, in their order. It is not differentiated.
    """

    def __call__(self, value: tf.Tensor, arc: Any, /) -> tf.Tensor:
        """The reward, [] float32; higher is better.

        Args:
          value: [] float32, the mean of what the task measures on one batch.
          arc: of the searched space, of scalar int32 tensors.
        """


def accuracy(value: tf.Tensor, arc: object) -> tf.Tensor:
    """The accuracy on one validation batch; paper section 2.3."""
    del arc
    return value


def inverse_perplexity(value: tf.Tensor, arc: object) -> tf.Tensor:
    """80 over the perplexity of `value` nats a word; paper section 3.1."""
    del arc
    return SCALE * tf.exp(-value)


# By what a task measures.
REWARDS: dict[str, Reward] = {
    "accuracy": accuracy,
    "perplexity": inverse_perplexity,
}
