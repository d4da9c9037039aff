"""Measures: the value that a task takes of an answer, and the form of its mean.

Only means are taken, of values that may be averaged over examples, batches and arcs:
1 for a right answer, or nats a word. Perplexity comes at the end, of a mean.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt


class Measure(NamedTuple):
    """One measure.

    Attributes:
      name: as it stands in metrics.jsonl and TensorBoard.
      short: the same in a line of the log.
      display: from a mean to the figure that people read; from a difference of two
        means to the figure of their contrast.
      contrast: that figure's name.
      sign: 1 if more is better, -1 if less is.
      over_random: names, with its direction, the contrast between a policy and chance.
      places: decimal places of a mean that is displayed.
    """

    name: str
    short: str
    display: Callable[[Any], Any]
    contrast: str
    sign: int
    over_random: str
    places: int = 4

    @property
    def direction(self) -> str:
        """Which way is good, in words."""
        return "higher is better" if self.sign > 0 else "lower is better"

    def words(self, mean: float) -> str:
        """`mean` as it is displayed, `0.9167` or `97.35`."""
        return f"{self.display(mean):.{self.places}f}"


def perplexity(nats: npt.ArrayLike) -> Any:
    """Of a mean, or an array of them; infinite where no float is as large.

    So it is under a network that diverges, and nobody need be warned of it.
    """
    with np.errstate(over="ignore"):
        return np.exp(nats)


ACCURACY = Measure(
    "accuracy", "acc", lambda mean: mean, "difference", 1, "accuracy_above_random"
)
PERPLEXITY = Measure(
    "perplexity",
    "ppl",
    perplexity,
    "ratio",
    -1,
    "perplexity_ratio_to_random_lower_is_better",
    places=2,
)
BY_NAME = {measure.name: measure for measure in (ACCURACY, PERPLEXITY)}
