"""Two groups of arcs beside each other: the difference of their means, in words."""

from typing import NamedTuple

import numpy as np

from enas_tf.run.measures import Measure
from enas_tf.search import interval

UNTRAINED = "the controller was never trained"


class Comparison(NamedTuple):
    """Policy against chance, or against other arcs in its place.

    Attributes:
      policy_mean: mean of the task's measured values (right answers, or nats a word)
        over arcs sampled from the controller.
      random_mean: that mean over uniformly random arcs.
      difference: the first minus the second.
      low: of its 95 % interval, over other arcs and other examples.
      high: of its 95 % interval.
    """

    policy_mean: float
    random_mean: float
    difference: float
    low: float
    high: float

    def clear(self, measure: Measure) -> int:
        """1: the policy's arcs are better; -1: worse; 0: no difference is shown."""
        lowest, highest = sorted(measure.sign * end for end in (self.low, self.high))
        return int(lowest > 0) - int(highest < 0)

    def verdict(self, measure: Measure, *, trained: bool = True) -> str:
        """The interval in words; of a controller that was never trained, only that."""
        if not trained:
            return UNTRAINED
        return {
            1: "the controller beats chance",
            -1: "the controller is worse than chance",
            0: "no difference from chance is shown",
        }[self.clear(measure)]

    def contrast(self, measure: Measure) -> str:
        """The difference with its interval, as it is displayed."""
        contrast, low, high = map(measure.display, self[2:])
        sign = "+" if measure.contrast == "difference" else ""
        return (
            f"{measure.contrast} {contrast:{sign}.4f} (95 % interval {low:{sign}.4f} "
            f"to {high:{sign}.4f}"
        )

    def sentence(self, measure: Measure, *, trained: bool = True) -> str:
        """The comparison in a sentence for the user.

        Args:
          measure: of the task.
          trained: whether the controller made an update.
        """
        policy, random = map(measure.words, self[:2])
        return (
            f"Policy {policy}, random {random}, {self.contrast(measure)}; "
            f"{measure.direction}): {self.verdict(measure, trained=trained)}."
        )

    def figures(self, measure: Measure, name: str) -> dict[str, float]:
        """Mean of the others, contrast, interval, as displayed; keys bear `name`."""
        display = measure.display
        found = {
            f"{name}_{measure.name}": display(self.random_mean),
            f"over_{name}": display(self.difference),
            f"over_{name}_low": display(self.low),
            f"over_{name}_high": display(self.high),
        }
        return {key: float(value) for key, value in found.items()}


def compare(
    policy: np.ndarray, random: np.ndarray, rng: np.random.Generator
) -> Comparison:
    """Two groups of arcs on the same examples, measured values [N, n] and [M, n].

    `rng` resamples arcs and examples, see `interval.of_difference`.
    """
    means = float(policy.mean()), float(random.mean())
    found = interval.of_difference(policy, random, rng)
    return Comparison(*means, means[0] - means[1], *found)
