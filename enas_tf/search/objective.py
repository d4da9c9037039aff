"""Rewards that --reward writes: an expression, or a cost that is held at a target."""

import functools
from collections.abc import Callable, Mapping

import tensorflow as tf

from enas_tf.config import expressions
from enas_tf.config.expressions import Expression
from enas_tf.search.reward_inputs import RewardInputs

_FUNCTIONS: Mapping[str, Callable[..., tf.Tensor]] = {
    "abs": tf.abs,
    "exp": tf.exp,
    "log": tf.math.log,
    "sqrt": tf.sqrt,
    "tanh": tf.tanh,
    "min": lambda *values: functools.reduce(tf.minimum, values),
    "max": lambda *values: functools.reduce(tf.maximum, values),
}
Function = Callable[[RewardInputs], tf.Tensor]


def of_expression(expression: Expression) -> Function:
    """The reward that an expression of measures and costs writes."""

    # Deviation D42: an option. The original pays accuracy, or 80 over a perplexity.
    def reward(inputs: RewardInputs) -> tf.Tensor:
        known = {
            name: (inputs.measures if name in inputs.measures else inputs.costs)[name]
            for name in expression.names
        }
        return expressions.value(expression, known, _FUNCTIONS, tf.constant)

    return reward


def at_target(pays: Function, cost: str, *, target: float, beta: float) -> Function:
    """What `pays` pays, plus beta |cost / target - 1|; Bender et al. 2020.

    Args:
      pays: the reward of an arc whatever it costs.
      cost: a name of `config.rewards.COSTS`.
      target: what an arc is to cost.
      beta: at most 0.
    """

    # Deviation D41: an option. An arc that costs less than the target is worth as
    # little more as one that costs more, so the policy settles at it.
    def reward(inputs: RewardInputs) -> tf.Tensor:
        off = tf.abs(inputs.costs[cost] / target - 1.0)
        return pays(inputs) + beta * off

    return reward
