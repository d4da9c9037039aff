"""How far scores spread: between searches, between arcs of one, between retrainings.

By the analysis of variance of a nested design whose groups may be of unequal sizes
(Searle, Casella and McCulloch 1992, "Variance Components", section 3.6 and chapter 5):
each sum of squares is set equal to what is expected of it. An estimate below zero is
told as zero.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

# The scores of the retrainings, of each arc, of each search.
Nested = Sequence[Sequence[Sequence[float]]]


class Spread(NamedTuple):
    """Standard deviations, apart from each other; None where nothing tells it.

    What cannot be told is part of the one before it: with one training of each arc,
    `arcs` holds what trainings differ by.

    Attributes:
      searches: between searches.
      arcs: between the arcs of a search.
      retrains: between the trainings of an arc.
    """

    searches: float | None
    arcs: float | None
    retrains: float | None


def spread(scores: Nested, *, searched: bool) -> Spread:
    """The spread of `scores`.

    Args:
      scores: by search, arc and training; at least one of each.
      searched: whether there were searches; else all arcs are of one group.
    """
    arcs = [np.asarray(arc, float) for search in scores for arc in search]
    counts = np.array([len(arc) for arc in arcs])
    groups = np.repeat(np.arange(len(scores)), [len(search) for search in scores])
    means = np.array([arc.mean() for arc in arcs])
    of_retrains = sum(float(((arc - arc.mean()) ** 2).sum()) for arc in arcs)
    retrains = _over(of_retrains, counts.sum() - len(arcs))
    between = _between_arcs(means, counts, groups, retrains or 0.0)
    searches = _between_searches(means, counts, groups, between, retrains or 0.0)
    return Spread(
        _deviation(searches) if searched else None,
        _deviation(between),
        _deviation(retrains),
    )


def _between_arcs(
    means: np.ndarray, counts: np.ndarray, groups: np.ndarray, retrains: float
) -> float | None:
    """The variance between the arcs of a search."""
    total = np.bincount(groups, counts)
    centres = np.bincount(groups, counts * means) / total
    squares = float((counts * (means - centres[groups]) ** 2).sum())
    freedom = len(means) - len(total)
    weight = float(counts.sum() - (np.bincount(groups, counts**2) / total).sum())
    return _over(squares - freedom * retrains, weight)


def _between_searches(
    means: np.ndarray,
    counts: np.ndarray,
    groups: np.ndarray,
    arcs: float | None,
    retrains: float,
) -> float | None:
    """The variance between searches."""
    total, whole = np.bincount(groups, counts), counts.sum()
    centres = np.bincount(groups, counts * means) / total
    centre = (counts * means).sum() / whole
    squares = float((total * (centres - centre) ** 2).sum())
    within = (np.bincount(groups, counts**2) / total).sum() - (counts**2).sum() / whole
    expected = float(within) * (arcs or 0.0) + (len(total) - 1) * retrains
    return _over(squares - expected, float(whole - (total**2).sum() / whole))


def _over(squares: float, freedom: float) -> float | None:
    return squares / freedom if freedom > 0 else None


def _deviation(variance: float | None) -> float | None:
    return None if variance is None else math.sqrt(max(0.0, variance))
