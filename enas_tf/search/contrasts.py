"""The policy's arcs beside random ones, random ones of their sizes, and the largest."""

from typing import NamedTuple

import numpy as np

from enas_tf.nn import seeds
from enas_tf.run.measures import Measure
from enas_tf.search import comparison, size
from enas_tf.search.arc_scores import Scores
from enas_tf.search.comparison import Comparison
from enas_tf.spaces.costs import Costs

FEWEST_MATCHED = 2  # of fewer there is no interval


class Arcs(NamedTuple):
    """All arcs that are scored, and what their final children cost.

    Attributes:
      policy: [N, T], as they were drawn.
      random: [N, T].
      match: random arcs of the sizes of the policy's; None where not asked for.
      policy_costs, random_costs: None where the space does not say.
    """

    policy: np.ndarray
    random: np.ndarray
    match: size.Match | None = None
    policy_costs: Costs | None = None
    random_costs: Costs | None = None

    @property
    def tokens(self) -> np.ndarray:
        """Those of all groups, one after the other."""
        matched = [self.match.tokens] if self.match else []
        return np.concatenate([self.policy, self.random, *matched])

    @property
    def differ_in_size(self) -> bool:
        """Whether sizes are known and are not all the same."""
        costs = self.policy_costs, self.random_costs
        return None not in costs and not size.are_alike(*filter(None, costs))

    @property
    def largest(self) -> np.ndarray:
        """The numbers of the largest random arcs; none if more than half are."""
        if not self.differ_in_size or self.random_costs is None:
            return np.zeros(0, np.int64)
        rows = size.largest(self.random_costs)
        return rows if 2 * len(rows) <= len(self.random) else rows[:0]


class Groups(NamedTuple):
    """The scores of `Arcs`, group by group, on the same examples."""

    policy: Scores
    random: Scores
    matched: Scores

    @classmethod
    def of(cls, arcs: Arcs, scores: Scores) -> "Groups":
        """`scores` of `arcs.tokens`, cut."""
        first = len(arcs.policy)
        second = first + len(arcs.random)
        cuts = slice(first), slice(first, second), slice(second, None)
        return cls(*(scores.of(cut) for cut in cuts))


class Contrasts(NamedTuple):
    """The policy's arcs against others.

    Attributes:
      random: all random arcs that have nothing to do with the policy's.
      matched: random arcs of their sizes, against those policy's arcs that have one.
      largest: the largest of the random arcs by FLOPs.
    """

    random: Comparison
    matched: Comparison | None = None
    largest: Comparison | None = None

    def verdict(self, measure: Measure, *, under: str = "") -> str:
        """Which of them are clear of zero, in a sentence; `under` which weights."""
        names = dict(random="random arcs", matched="random arcs of their sizes")
        names["largest"] = "the largest random arcs"
        found: dict[int, list[str]] = {1: [], -1: [], 0: []}
        for field, one in self._asdict().items():
            if one is not None:
                found[one.clear(measure)].append(names[field])
        words = {1: "better than", -1: "worse than", 0: "not shown to differ from"}
        parts = [f"{words[k]} {', '.join(v)}" for k, v in found.items() if v]
        begin = f"Under {under} the" if under else "The"
        return f"{begin} policy's arcs are {'; '.join(parts)}."


def contrasts(groups: Groups, arcs: Arcs, *, seed: int, times: int = 0) -> Contrasts:
    """The comparisons that can be made.

    Args:
      groups: scores of `arcs`.
      arcs: their sizes, as far as known.
      seed: the run's.
      times: how often these arcs were compared before: each draws its own replicates.
    """

    def rng(number: int) -> np.random.Generator:
        return seeds.on_host(seed, "interval", 3 * times + number)

    ours = groups.policy.values
    found = Contrasts(comparison.compare(ours, groups.random.values, rng(0)))
    rows = arcs.largest
    if len(rows):
        largest = comparison.compare(ours, groups.random.values[rows], rng(1))
        found = found._replace(largest=largest)
    if arcs.match and len(arcs.match.places) >= FEWEST_MATCHED:
        mine = ours[arcs.match.places]
        matched = comparison.compare(mine, groups.matched.values, rng(2))
        found = found._replace(matched=matched)
    return found
