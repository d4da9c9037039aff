"""Refuses a --reward that cannot be right, before TensorFlow is imported."""

from enas_tf.config import errors, expressions, rewards
from enas_tf.config.sections import Config, ConfigError
from enas_tf.config.spaces import registry

_FLAG = "reward"
_EXAMPLES = dict(params="1e6", flops="5e7", latency="5")  # of targets
_PUBLISHED = (rewards.AUTO, *rewards.REWARDS)  # before a plugin adds some


def check(config: Config) -> None:
    """Refuse a reward that does not fit the space, or a target that fits no reward.

    Raises:
      ConfigError: one line; of an expression it says which character is wrong.
    """
    objective, space = config.objective, config.run.search_for
    measure = registry.SPECS[space].data.measure
    if objective.cost:
        _check_cost(config, rewards.costs(measure))
    elif objective.reward_target:
        remedy = "Say --reward=params, flops or latency with it, or leave it out."
        words = "left out where --reward names no cost to hold at it"
        value = objective.reward_target
        raise ConfigError(errors.refusal("reward_target", value, words, remedy))
    if objective.expression:
        _check_expression(objective.expression, measure, space)


def _check_cost(config: Config, known: tuple[str, ...]) -> None:
    objective, space = config.objective, config.run.search_for
    if objective.cost not in known:
        allowed = f"one of {', '.join(known)}, or an expression: the {space} space has "
        allowed += f"no model of its {objective.cost}"
        raise ConfigError(errors.refusal(_FLAG, objective.cost, allowed))
    if not objective.reward_target:
        raise ConfigError(
            f"--reward={objective.cost} needs a --reward_target above 0, what an arc "
            "is to cost: parameters, FLOPs of an image, or milliseconds. Give it, such "
            f"as --reward_target={_EXAMPLES[objective.cost]}."
        )


def _check_expression(text: str, measure: str, space: str) -> None:
    names = rewards.names(measure)
    try:
        found = expressions.parse(text, names)
        reason = "" if found.names else "it reads nothing of an arc"
    except ValueError as error:
        reason = str(error)
    if reason:
        functions = ", ".join(expressions.FUNCTIONS)
        allowed = f"an expression of {', '.join(names)} in the {space} space, numbers, "
        allowed += f"+ - * / ** ( ) and {functions}"
        reason = f"{reason[0].upper()}{reason[1:]}."
        raise ConfigError(errors.refusal(_FLAG, text, allowed, reason))


def reads_latency(config: Config) -> bool:
    """Whether the reward may read the latency; a function of a plugin's may."""
    objective = config.objective
    if objective.reward:
        return rewards.LATENCY in objective.reward
    return config.controller.reward not in _PUBLISHED


def check_told(config: Config) -> None:
    """Refuse a reward where a program tells its own.

    Raises:
      ConfigError: as above.
    """
    given = config.objective.reward
    if given:
        words = "left out here: what is told is the reward"
        raise ConfigError(errors.refusal(_FLAG, given, words, "Leave it out."))
