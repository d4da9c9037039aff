"""The rows of a method by what was drawn independently: searches, then arcs.

Trainings of an arc are averaged first, then the arcs of a search: neither tells how
other searches would have done.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import optimize

from enas_tf.campaign import jobs
from enas_tf.campaign.results import Retrained


class Arc(NamedTuple):
    """An arc, trained one or more times.

    Attributes:
      scores: of its trainings.
      parameters: of the network.
    """

    scores: list[float]
    parameters: int

    @property
    def mean(self) -> float:
        """Of its scores."""
        return float(np.mean(self.scores))


# By the seed of the search; one group of all arcs where there was no search.
Groups = dict[int, list[Arc]]


def of(rows: Sequence[Retrained], method: str) -> Groups:
    """The arcs of a method; a training that is listed twice counts once."""
    found: dict[int, dict[str, dict[int, Retrained]]] = {}
    for row in rows:
        if row.method == method:
            arcs = found.setdefault(row.search, {})
            arcs.setdefault(row.arc, {})[row.retrain] = row
    return {
        search: [_arc(list(trainings.values())) for trainings in arcs.values()]
        for search, arcs in found.items()
    }


def searched(groups: Groups) -> bool:
    """Whether there were searches."""
    return jobs.NO_SEED not in groups


def units(groups: Groups) -> np.ndarray:
    """The mean of each search; of each arc, where there was no search."""
    if searched(groups):
        return np.array([_mean(arcs) for arcs in groups.values()])
    return np.array([arc.mean for arcs in groups.values() for arc in arcs])


def pairs(ours: Groups, theirs: Groups) -> np.ndarray:
    """The difference within each search that both have, by arcs nearest in size.

    Where one has fewer arcs, because none of a size was found, those of the other that
    are furthest from them in size are left out.
    """
    both = [search for search in ours if search in theirs]
    return np.array([_difference(ours[one], theirs[one]) for one in both])


def _difference(ours: Sequence[Arc], theirs: Sequence[Arc]) -> float:
    sizes = [
        np.log([max(1, arc.parameters) for arc in arcs]) for arcs in (ours, theirs)
    ]
    apart = np.abs(sizes[0][:, np.newaxis] - sizes[1])
    rows, columns = optimize.linear_sum_assignment(apart)
    mine, others = [ours[row] for row in rows], [theirs[column] for column in columns]
    return _mean(mine) - _mean(others)


def _mean(arcs: Sequence[Arc]) -> float:
    return float(np.mean([arc.mean for arc in arcs]))


def _arc(trainings: Sequence[Retrained]) -> Arc:
    return Arc([row.score for row in trainings], trainings[0].parameters)
