"""The rewards of the controller: the rows that --controller_reward names.

No TensorFlow, as in config/sections.py: the functions are loaded when a search begins.
"""

from typing import NamedTuple

AUTO = "auto"
# What a reward is made of: the mean over a batch of one of these values of an example.
MEASURED = "measured"
LOG_LIKELIHOOD = "log_likelihood"


class Row(NamedTuple):
    """A reward.

    Attributes:
      measure: name of the measure that it is made of, of `run/measures.py`.
      function: a `search.rewards.Reward`, or "module:name" of one.
      of: the mean that the function is given: `MEASURED`, the task's measure, or
        `LOG_LIKELIHOOD`, nats.
    """

    measure: str
    function: object
    of: str = MEASURED


# `auto` means the row of the measure's own name.
REWARDS: dict[str, Row] = {
    "accuracy": Row("accuracy", "enas_tf.search.rewards:accuracy"),
    "perplexity": Row("perplexity", "enas_tf.search.rewards:inverse_perplexity"),
    "log_likelihood": Row(
        "accuracy", "enas_tf.search.rewards:log_likelihood", LOG_LIKELIHOOD
    ),
}


def choices() -> tuple[str, ...]:
    """The values of --controller_reward."""
    return AUTO, *REWARDS


def fitting(measure: str) -> tuple[str, ...]:
    """Its values in a space whose task has `measure`."""
    return AUTO, *(name for name, row in REWARDS.items() if row.measure == measure)


def row(name: str, measure: str) -> Row:
    """The row that `name`, of `fitting(measure)`, means."""
    return REWARDS[measure if name == AUTO else name]
