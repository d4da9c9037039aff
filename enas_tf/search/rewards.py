"""The rewards of the controller.

A new reward is a function here and a row in `config/rewards.py`.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import tensorflow as tf

from enas_tf.config import rewards as reward_rows
from enas_tf.config.live import Live
from enas_tf.config.sections import ControllerConfig
from enas_tf.config.spaces import references
from enas_tf.run.measures import Measure

SCALE = 80.0  # paper, section 3.1


class Reward(Protocol):
    """The reward of one arc; traced into the controller's update.

    Called once for each arc of an update, in their order. It is not differentiated.
    """

    def __call__(self, value: tf.Tensor, arc: Any, /) -> tf.Tensor:
        """The reward, [] float32; higher is better.

        Args:
          value: [] float32, the mean of the task's measured values on one batch.
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


def _of(name: str) -> Reward:
    return references.load(reward_rows.REWARDS[name].function)


REWARDS: Mapping[str, Reward] = Live(lambda: reward_rows.REWARDS, _of)


def chosen(config: ControllerConfig, measure: Measure) -> Reward:
    """The one place that chooses: the reward by `config` for a task with `measure`."""
    return references.load(reward_rows.row(config.reward, measure.name).function)
