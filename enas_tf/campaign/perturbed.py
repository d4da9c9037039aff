"""What the neighbours of an arc came to: each decision's worth, and the arc's."""

from collections.abc import Mapping, Sequence
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
        return _outcome(self.bounds)


class Decision(NamedTuple):
    """A decision of the arc, by what changing it does.

    Attributes:
      place: of its token.
      name: what it decides on, in words.
      gain: mean over its neighbours.
      neighbours: how many of them were trained.
      bounds: of the 95 % interval over trainings; None where there are too few.
    """

    place: int
    name: str
    gain: float
    neighbours: int
    bounds: tuple[float, float] | None

    @property
    def outcome(self) -> int:
        """-1: changing it costs, 1: it gains, 0: nothing shows either."""
        return _outcome(self.bounds)


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
    theirs: dict[str, dict[int, float]] = {}  # by arc and the seed of a training
    for row in rows:
        if row.method == perturbing.NEIGHBOUR:
            theirs.setdefault(row.arc, {})[row.retrain] = row.score
    if not ours or not theirs:
        return None
    notes = {job.arc: job.note for job in jobs}
    tokens, scores = _tokens(space, ours[0].arc), [row.score for row in ours]
    places = {arc: _changed(tokens, _tokens(space, arc)) for arc in theirs}
    gains = [
        Gain(arc, notes.get(arc, ""), places[arc], *_gain(list(found.values()), scores))
        for arc, found in theirs.items()
    ]
    gains.sort(key=lambda one: -one.gain)
    every = int((space.choices_per_token() - 1).sum())
    decisions = [
        _decision(
            place, [theirs[a] for a in theirs if places[a] == place], scores, space
        )
        for place in sorted(set(places.values()))
    ]
    return Perturbed(ours[0].arc, len(ours), gains, decisions, every)


def _gain(
    theirs: Sequence[float], ours: Sequence[float]
) -> tuple[float, tuple[float, float] | None]:
    """The difference of the means, and the bounds of its interval."""
    found = interval.unpaired(np.array(theirs), np.array(ours))
    low, high = float(found.low), float(found.high)
    return float(found.difference), None if np.isnan(low) else (low, high)


def _decision(
    place: int,
    neighbours: Sequence[Mapping[int, float]],
    ours: Sequence[float],
    space: SearchSpace[Any],
) -> Decision:
    """Of its neighbours, each {seed: score}; the interval is over seeds of all."""
    means = [float(np.mean(list(one.values()))) for one in neighbours]
    seeds = set.intersection(*map(set, neighbours))
    units = [float(np.mean([one[seed] for one in neighbours])) for seed in seeds]
    bounds = _gain(units, ours)[1] if units else None
    gain = float(np.mean(means) - np.mean(ours))
    return Decision(place, space.token_name(place), gain, len(neighbours), bounds)


def _outcome(bounds: tuple[float, float] | None) -> int:
    low, high = bounds or (0.0, 0.0)
    return int(low > 0) - int(high < 0)


def _tokens(space: SearchSpace[Any], arc: str) -> list[int]:
    return space.encode(space.parse(arc))


def _changed(ours: Sequence[int], theirs: Sequence[int]) -> int:
    """The place in which the two differ."""
    pairs = zip(ours, theirs, strict=True)
    return next(place for place, (one, other) in enumerate(pairs) if one != other)
