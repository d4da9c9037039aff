"""What the controller is paid for.

A new reward is a function here and a row in `config/rewards.py`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from enas_tf.config import rewards as reward_rows
from enas_tf.config.live import Live
from enas_tf.config.sections import ControllerConfig
from enas_tf.config.spaces import spec as spec_lib
from enas_tf.run.measures import Measure

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


def _of(name: str) -> Reward:
    return spec_lib.load(reward_rows.REWARDS[name].function)


REWARDS: Mapping[str, Reward] = Live(lambda: reward_rows.REWARDS, _of)


def chosen(config: ControllerConfig, measure: Measure) -> Reward:
    """The one place that chooses: what `config` pays for where a task has `measure`."""
    return spec_lib.load(reward_rows.row(config.reward, measure.name).function)
