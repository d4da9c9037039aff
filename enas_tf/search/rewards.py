"""The rewards of the controller.

A new reward is a function here and a row in `config/rewards.py`.
"""

import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

import tensorflow as tf

from enas_tf.config import errors, expressions
from enas_tf.config import rewards as reward_rows
from enas_tf.config.live import Live
from enas_tf.config.objective import ObjectiveConfig
from enas_tf.config.sections import ConfigError, ControllerConfig
from enas_tf.config.spaces import references
from enas_tf.run.measures import Measure
from enas_tf.search import objective as objective_lib
from enas_tf.search.reward_inputs import Readings, RewardInputs
from enas_tf.spaces.base import SearchSpace

_LONGEST = 200  # characters of a reason
_NOT_FINITE = "the number "
SCALE = 80.0  # paper, section 3.1
# What a reward is tried on, where it is not known of the arc.
_TRIED = dict(accuracy=0.5, perplexity=150.0, log_likelihood=-5.0)
_TRIED |= dict(params=1e5, flops=1e7, latency=0.7)
NO_OBJECTIVE = ObjectiveConfig()


class Reward(Protocol):
    """The reward of one arc; traced into the controller's update.

    Called once for each arc of an update, in their order, and once before, as a trial.
    It is not differentiated for the controller. What of its inputs it reads must not
    hang on their values.
    """

    def __call__(self, inputs: RewardInputs, /) -> tf.Tensor:
        """The reward, [] float32; higher is better."""


class Tried(NamedTuple):
    """A reward that was traced once.

    Attributes:
      reward: the function.
      measures: the names of the measures that it read.
      costs: those of the costs.
    """

    reward: Reward
    measures: tuple[str, ...]
    costs: tuple[str, ...]


def accuracy(inputs: RewardInputs) -> tf.Tensor:
    """The accuracy on one validation batch; paper section 2.3."""
    return inputs.measures["accuracy"]


def inverse_perplexity(inputs: RewardInputs) -> tf.Tensor:
    """80 over the perplexity, whose logarithm is in nats a word; paper section 3.1.

    An arc that overflows earns nothing.
    """
    # Deviation D46: in the original such a reward is no number.
    paid = SCALE * tf.exp(inputs.measures[reward_rows.LOG_LIKELIHOOD])
    return tf.where(tf.math.is_nan(paid), tf.zeros_like(paid), paid)


def log_likelihood(inputs: RewardInputs) -> tf.Tensor:
    """The mean log-likelihood of the right classes, nats; minus the cross-entropy.

    # Deviation D33: an option. Accuracy counts right answers and tells less of an arc.
    """
    return inputs.measures[reward_rows.LOG_LIKELIHOOD]


def _of(name: str) -> Reward:
    return references.load(reward_rows.REWARDS[name].function)


REWARDS: Mapping[str, Reward] = Live(lambda: reward_rows.REWARDS, _of)


def chosen(
    config: ControllerConfig,
    measure: Measure,
    objective: ObjectiveConfig = NO_OBJECTIVE,
) -> Reward:
    """The one place that chooses: the reward by the settings, of a task's measure."""
    if objective.expression:
        names = reward_rows.names(measure.name)
        written = expressions.parse(objective.expression, names)
        return objective_lib.of_expression(written)
    pays = references.load(reward_rows.row(config.reward, measure.name).function)
    if not objective.cost:
        return pays
    return objective_lib.at_target(
        pays,
        objective.cost,
        target=objective.reward_target,
        beta=objective.reward_beta,
    )


def tried(
    config: ControllerConfig,
    measure: Measure,
    space: SearchSpace,
    objective: ObjectiveConfig = NO_OBJECTIVE,
    costs: Mapping[str, float] | None = None,
) -> Tried:
    """The reward that is chosen, after it was traced once for an arc of `space`.

    Args:
      config: of the controller.
      measure: of the task.
      space: that is searched; its arc of zeros will do.
      objective: of the search.
      costs: that are known of the arc of zeros.

    Raises:
      ConfigError: it cannot be loaded or traced, or gives something else than a number.
    """
    numbers = {name: _TRIED[name] for name in reward_rows.names(measure.name)}
    numbers |= costs or {}
    measures = _readings(numbers, reward_rows.MEASURES[measure.name])
    cost = _readings(numbers, reward_rows.costs(measure.name))
    try:
        reward = chosen(config, measure, objective)
        given = _trial(reward, space, measures, cost, numbers)
        if cost.read and costs is None and given.startswith(_NOT_FINITE):
            given = ""  # of costs that no arc need have
    except Exception as error:  # whatever a function from outside does
        words = textwrap.shorten(str(error), _LONGEST, placeholder=" ...")
        kind = "" if isinstance(error, ConfigError) else f"{type(error).__name__}: "
        reason = f"it fails ({kind}{words})"
        raise _refusal(config, measure, objective, reason) from error
    if given:
        raise _refusal(config, measure, objective, f"it gives {given}")
    return Tried(reward, measures.read, cost.read)


def _readings(numbers: Mapping[str, float], names: Sequence[str]) -> Readings:
    """Those of `numbers` that are named, of one arc."""

    def maker(name: str) -> Callable[[], tf.Tensor]:
        return lambda: tf.constant([numbers[name]], tf.float32)

    return Readings({name: maker(name) for name in names})


def _trial(
    reward: Reward,
    space: SearchSpace,
    measures: Readings,
    costs: Readings,
    numbers: Mapping[str, float],
) -> str:
    """What `reward` gives in place of a [] float32 number, in words; "" if it does."""
    found = ""

    @tf.function(autograph=False)
    def trace(tokens: tf.Tensor) -> tf.Tensor:
        nonlocal found
        arc = space.decode(tokens)
        given = reward(RewardInputs(measures.of(0), arc, costs.of(0)))
        if given is None:
            found = "None"
            return tf.constant(0.0)
        tensor = tf.convert_to_tensor(given)
        if tensor.dtype != tf.float32 or not tensor.shape.is_compatible_with([]):
            found = f"{tensor.dtype.name} of shape {tensor.shape}"
            return tf.constant(0.0)
        return tensor

    number = float(trace(tf.zeros([space.num_tokens], tf.int32)))
    if not found and not math.isfinite(number):
        read = [f"{n}={numbers[n]:g}" for n in (*measures.read, *costs.read)]
        found = f"{_NOT_FINITE}{number} for {', '.join([*read, 'the arc of zeros'])}"
    return found


def _refusal(
    config: ControllerConfig,
    measure: Measure,
    objective: ObjectiveConfig,
    reason: str,
) -> ConfigError:
    if objective.expression:
        shown = errors.cut(repr(objective.expression))
        return ConfigError(
            f"--reward={shown} is not allowed: it must be a finite number for "
            f"every arc, and {reason}. Change --reward."
        )
    if objective.cost and _NOT_FINITE in reason:
        return ConfigError(
            f"--reward_target={objective.reward_target:g} is not allowed: the reward "
            f"must be finite for every arc, and {reason}. Change --reward_target, "
            "--reward_beta or --controller_reward."
        )
    row = reward_rows.row(config.reward, measure.name)
    return ConfigError(
        f"--controller_reward={config.reward} is not allowed: the function of "
        f"{_place(row.function)} must make a float32 of shape () of a RewardInputs, "
        f"and {reason}. Mend it, or choose another reward."
    )


def _place(function: object) -> str:
    """Where a user finds it: a plugin's in its file, one of a name by its row."""
    if isinstance(function, str):
        return "its row in config/rewards.py"
    code = getattr(function, "__code__", None)
    return f"{code.co_filename}, line {code.co_firstlineno}," if code else "its plugin"
