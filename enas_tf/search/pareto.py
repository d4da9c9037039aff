"""The arcs of a search that no other one beats in both measure and cost."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from enas_tf.run.rows import Row


class SeenArc(NamedTuple):
    """One arc, by all rows of it.

    Attributes:
      arc: its text.
      measured: mean of the measure, as displayed.
      cost: of the first cost that is read.
      seen: how often it was rewarded.
      step: of the last time.
      row: that of the last time.
    """

    arc: str
    measured: float
    cost: float
    seen: int
    step: int
    row: Row


def seen(rows: Sequence[Row], measure: str, cost: str) -> list[SeenArc]:
    """Each arc of `rows` once, in the order in which they were first seen."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["arc"], []).append(row)
    return [
        SeenArc(
            arc,
            float(np.mean([row[measure] for row in group])),
            float(group[-1][cost]),
            len(group),
            int(group[-1]["step"]),
            group[-1],
        )
        for arc, group in groups.items()
    ]


def front(costs: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """The numbers of those that none beats, by rising cost.

    Args:
      costs: [N], less is better.
      worth: [N], more is better.
    """
    found, best = [], -np.inf
    for place in np.lexsort((-worth, costs)):
        if worth[place] > best:
            found.append(place)
            best = worth[place]
    return np.array(found, np.int64)
