"""The rewards of the controller.

A new reward is a function here and a row in `config/rewards.py`.
"""

import math
import textwrap
from collections.abc import Mapping
from typing import Any, Protocol

import tensorflow as tf

from enas_tf.config import rewards as reward_rows
from enas_tf.config.live import Live
from enas_tf.config.sections import ConfigError, ControllerConfig
from enas_tf.config.spaces import references
from enas_tf.run import measures
from enas_tf.run.measures import Measure
from enas_tf.spaces.base import SearchSpace

_LONGEST = 200  # characters of a reason
SCALE = 80.0  # paper, section 3.1
# What a reward is tried on: an accuracy, nats a word, a log-likelihood.
_TRIED = {
    (reward_rows.MEASURED, measures.ACCURACY.name): 0.5,
    (reward_rows.MEASURED, measures.PERPLEXITY.name): 5.0,
    (reward_rows.LOG_LIKELIHOOD, measures.ACCURACY.name): -1.0,
    (reward_rows.LOG_LIKELIHOOD, measures.PERPLEXITY.name): -5.0,
}


class Reward(Protocol):
    """The reward of one arc; traced into the controller's update.

    Called once for each arc of an update, in their order, and once before, as a trial.
    It is not differentiated.
    """

    def __call__(self, value: tf.Tensor, arc: Any, /) -> tf.Tensor:
        """The reward, [] float32; higher is better.

        Args:
          value: [] float32, the mean on one batch of what its row says: the task's
            measured values, or log-likelihoods.
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


def log_likelihood(value: tf.Tensor, arc: object) -> tf.Tensor:
    """The mean log-likelihood of the right classes, nats; minus the cross-entropy.

    # Deviation D33: an option. Accuracy counts right answers and tells less of an arc.
    """
    del arc
    return value


def _of(name: str) -> Reward:
    return references.load(reward_rows.REWARDS[name].function)


REWARDS: Mapping[str, Reward] = Live(lambda: reward_rows.REWARDS, _of)


def chosen(config: ControllerConfig, measure: Measure) -> Reward:
    """The one place that chooses: the reward by `config` for a task with `measure`."""
    return references.load(reward_rows.row(config.reward, measure.name).function)


def basis(config: ControllerConfig, measure: Measure) -> str:
    """The values that the chosen reward is a mean of, see `config.rewards.Row`."""
    return reward_rows.row(config.reward, measure.name).of


def tried(config: ControllerConfig, measure: Measure, space: SearchSpace) -> Reward:
    """The reward that is chosen, after it was traced once for an arc of `space`.

    Raises:
      ConfigError: it cannot be loaded or traced, or gives something else than a number.
    """
    try:
        reward = chosen(config, measure)
        given = _trial(reward, space, _TRIED[basis(config, measure), measure.name])
    except Exception as error:  # whatever a function from outside does
        words = textwrap.shorten(str(error), _LONGEST, placeholder=" ...")
        kind = "" if isinstance(error, ConfigError) else f"{type(error).__name__}: "
        raise _refusal(config, measure, f"it fails ({kind}{words})") from error
    if given:
        raise _refusal(config, measure, f"it gives {given}")
    return reward


def _trial(reward: Reward, space: SearchSpace, value: float) -> str:
    """What `reward` gives in place of a [] float32 number, in words; "" if it does.

    Args:
      reward: to be tried.
      space: that is searched; its arc of zeros will do.
      value: of the mean that it is given.
    """
    found = ""

    @tf.function(autograph=False)
    def trace(value: tf.Tensor, tokens: tf.Tensor) -> tf.Tensor:
        nonlocal found
        given = reward(value, space.decode(tokens))
        if given is None:
            found = "None"
            return value
        tensor = tf.convert_to_tensor(given)
        if tensor.dtype != tf.float32 or not tensor.shape.is_compatible_with([]):
            found = f"{tensor.dtype.name} of shape {tensor.shape}"
            return value
        return tensor

    tokens = tf.zeros([space.num_tokens], tf.int32)
    number = float(trace(tf.constant(value), tokens))
    if not found and not math.isfinite(number):
        found = f"{number} for the value {value} and the arc of zeros"
    return found


def _refusal(config: ControllerConfig, measure: Measure, reason: str) -> ConfigError:
    row = reward_rows.row(config.reward, measure.name)
    return ConfigError(
        f"--controller_reward={config.reward} is not allowed: the function of "
        f"{_place(row.function)} must make a float32 of shape () of (value, arc), and "
        f"{reason}. Mend it, or choose another reward."
    )


def _place(function: object) -> str:
    """Where a user finds it: a plugin's in its file, one of a name by its row."""
    if isinstance(function, str):
        return "its row in config/rewards.py"
    code = getattr(function, "__code__", None)
    return f"{code.co_filename}, line {code.co_firstlineno}," if code else "its plugin"
