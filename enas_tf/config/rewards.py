"""The rewards of the controller: the rows that --controller_reward names.

And the names of what a reward may read. No TensorFlow, as in config/sections.py: the
functions are loaded when a search begins.
"""

from typing import NamedTuple

AUTO = "auto"
LOG_LIKELIHOOD = "log_likelihood"
# What is measured of an arc, by the measure of its space (`run/measures.py`): means
# over a batch. The log likelihood is of right classes, or of a word; nats.
MEASURES = {
    "accuracy": ("accuracy", LOG_LIKELIHOOD),
    "perplexity": ("perplexity", LOG_LIKELIHOOD),
}
LATENCY = "latency"
# What an arc's final child costs: trainable parameters, FLOPs of the answer to an
# image or a word, milliseconds of the answer to an image.
COSTS = ("params", "flops", LATENCY)


class Row(NamedTuple):
    """A reward.

    Attributes:
      measure: of the spaces that can have it, a name of `run/measures.py`.
      function: a `search.rewards.Reward`, or "module:name" of one.
    """

    measure: str
    function: object


# `auto` means the row of the measure's own name.
REWARDS: dict[str, Row] = {
    "accuracy": Row("accuracy", "enas_tf.search.rewards:accuracy"),
    "perplexity": Row("perplexity", "enas_tf.search.rewards:inverse_perplexity"),
    LOG_LIKELIHOOD: Row("accuracy", "enas_tf.search.rewards:log_likelihood"),
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


def costs(measure: str) -> tuple[str, ...]:
    """The costs that are known of a space whose task has `measure`."""
    return tuple(name for name in COSTS if name != LATENCY or measure == "accuracy")


def names(measure: str) -> tuple[str, ...]:
    """All that a reward of such a space may read."""
    return (*MEASURES[measure], *costs(measure))
