"""Arcs by their size: the largest of some, and random ones of the sizes of others.

A controller that has learned nothing but that larger networks score better beats
chance, too. So the policy is compared with random arcs that are as large, and with the
largest ones.
"""

from typing import NamedTuple

import numpy as np

from enas_tf.spaces.base import SearchSpace
from enas_tf.spaces.costs import Costs, CostsOf

LARGEST_SHARE = 0.1
FEWEST_LARGEST = 5
TOLERANCE = 0.1  # a random arc within it has the size of a policy's
MOST_DRAWS = 20_000
DRAWS_AT_ONCE = 1000


class Match(NamedTuple):
    """Random arcs of the sizes of others.

    Attributes:
      tokens: [M, T] int32, no two of them from one draw.
      places: [M], of which of the N others each has the size; ascending, M <= N.
      costs: of the random arcs.
    """

    tokens: np.ndarray
    places: np.ndarray
    costs: Costs


def geometric_mean(counts: np.ndarray) -> int:
    """The geometric mean of [N] positive numbers, rounded."""
    return round(float(np.exp(np.log(counts).mean())))


def of(costs: Costs, rows: np.ndarray) -> Costs:
    """Some of these costs, by number."""
    return Costs(*(part[rows] for part in costs))


def are_alike(*groups: Costs) -> bool:
    """Whether all arcs of the groups cost the same."""
    return all(np.ptp(np.concatenate(part)) == 0 for part in zip(*groups, strict=True))


def largest(costs: Costs) -> np.ndarray:
    """The numbers of the tenth with most FLOPs, of at least five if there are."""
    count = max(FEWEST_LARGEST, round(LARGEST_SHARE * len(costs.flops)))
    return np.argsort(-costs.flops, kind="stable")[:count]


def match(
    space: SearchSpace, costs_of: CostsOf, wanted: np.ndarray, rng: np.random.Generator
) -> Match:
    """A uniformly random arc for each of `wanted`, [N] numbers of parameters.

    Arcs are drawn until each has one within `TOLERANCE` of its own, or to `MOST_DRAWS`;
    those that are so rare that none was drawn have none.
    """
    found: dict[int, tuple[np.ndarray, Costs]] = {}
    for _ in range(MOST_DRAWS // DRAWS_AT_ONCE):
        drawn = space.random(rng, DRAWS_AT_ONCE)
        costs = costs_of(drawn)
        free = np.ones(len(drawn), bool)
        for place in [p for p in range(len(wanted)) if p not in found]:
            off = np.abs(costs.parameters - wanted[place])
            fits = np.flatnonzero(free & (off <= TOLERANCE * wanted[place]))
            if len(fits):
                found[place] = drawn[fits[0]], of(costs, fits[:1])
                free[fits[0]] = False
        if len(found) == len(wanted):
            break
    return _as_match(found, space.num_tokens)


def _as_match(found: dict[int, tuple[np.ndarray, Costs]], num_tokens: int) -> Match:
    places = np.array(sorted(found), np.int64)
    tokens = np.zeros((0, num_tokens), np.int32)
    parts = [np.zeros((2, 0), np.int64)]
    for place in places:
        arc, costs = found[place]
        tokens = np.concatenate([tokens, arc[np.newaxis]])
        parts.append(np.stack(costs))
    return Match(tokens, places, Costs(*np.concatenate(parts, axis=1)))
