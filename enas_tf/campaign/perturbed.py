"""What the neighbours of an arc came to: each decision's worth, and the arc's."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from enas_tf.campaign import interval, perturbing
from enas_tf.campaign.jobs import Job
from enas_tf.campaign.results import Retrained
from enas_tf.spaces.base import SearchSpace


class Gain(NamedTuple):
    """A neighbour beside the arc.

    Attributes:
      arc: the neighbour, as it is printed.
      note: the decision that differs, and how.
      place: of the token that differs.
      gain: of its mean score over the arc's; above 0 where the neighbour is better.
      bounds: of the 95 % interval over trainings; None where there are too few.
    """

    arc: str
    note: str
    place: int
    gain: float
    bounds: tuple[float, float] | None

    @property
    def outcome(self) -> int:
        """1: the neighbour is better, -1: worse, 0: nothing shows either."""
        low, high = self.bounds or (0.0, 0.0)
        return int(low > 0) - int(high < 0)


class Decision(NamedTuple):
    """A decision of the arc, by what changing it does.

    Attributes:
      place: of its token.
      name: what it decides on, in words.
      gain: mean over its neighbours; far below 0: the decision matters.
      neighbours: how many of them were trained.
    """

    place: int
    name: str
    gain: float
    neighbours: int


class Perturbed(NamedTuple):
    """An arc among its neighbours.

    Attributes:
      arc: as it is printed.
      trainings: of the arc.
      gains: of its neighbours, the best first.
      decisions: in the order of the arc.
      every: how many neighbours the arc has, trained or not.
    """

    arc: str
    trainings: int
    gains: list[Gain]
    decisions: list[Decision]
    every: int

    def in_json(self) -> dict[str, object]:
        """As JSON has it."""
        gains = [
            dict(arc=g.arc, note=g.note, place=g.place, gain=g.gain, bounds=g.bounds)
            for g in self.gains
        ]
        decisions = [one._asdict() for one in self.decisions]
        head = dict(arc=self.arc, trainings=self.trainings, every=self.every)
        return {**head, "decisions": decisions, "neighbours": gains}


def of(
    rows: Sequence[Retrained], jobs: Sequence[Job], space: SearchSpace[Any]
) -> Perturbed | None:
    """The arc among those of its neighbours that are trained; None before that.

    Args:
      rows: of the trainings that are done.
      jobs: of the plan, whose notes say what was changed.
      space: of the arc.
    """
    ours = [row for row in rows if row.method == perturbing.FOUND]
    theirs: dict[str, list[float]] = {}
    for row in rows:
        if row.method == perturbing.NEIGHBOUR:
            theirs.setdefault(row.arc, []).append(row.score)
    if not ours or not theirs:
        return None
    notes = {job.arc: job.note for job in jobs}
    tokens, scores = _tokens(space, ours[0].arc), [row.score for row in ours]
    gains = [
        _gain(arc, notes.get(arc, ""), _changed(tokens, _tokens(space, arc)), s, scores)
        for arc, s in theirs.items()
    ]
    gains.sort(key=lambda one: -one.gain)
    every = int((space.choices_per_token() - 1).sum())
    decisions = _decisions(gains, space)
    return Perturbed(ours[0].arc, len(ours), gains, decisions, every)


def _gain(
    arc: str, note: str, place: int, theirs: Sequence[float], ours: Sequence[float]
) -> Gain:
    found = interval.unpaired(np.array(theirs), np.array(ours))
    low, high = float(found.low), float(found.high)
    bounds = None if np.isnan(low) else (low, high)
    return Gain(arc, note, place, float(found.difference), bounds)


def _decisions(gains: Iterable[Gain], space: SearchSpace[Any]) -> list[Decision]:
    by: dict[int, list[float]] = {}
    for one in gains:
        by.setdefault(one.place, []).append(one.gain)
    return [
        Decision(
            place, space.token_name(place), float(np.mean(by[place])), len(by[place])
        )
        for place in sorted(by)
    ]


def _tokens(space: SearchSpace[Any], arc: str) -> list[int]:
    return space.encode(space.parse(arc))


def _changed(ours: Sequence[int], theirs: Sequence[int]) -> int:
    """The place in which the two differ."""
    pairs = zip(ours, theirs, strict=True)
    return next(place for place, (one, other) in enumerate(pairs) if one != other)
