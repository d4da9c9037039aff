"""The answer to the question of a campaign: is a method better than others?

The question of Li and Talwalkar (2019, "Random search and reproducibility for neural
architecture search") and of Yu et al. (2020, "Evaluating the search phase of neural
architecture search"): over several searches, against random arcs. And against random
arcs as large, for larger networks score better whoever found them.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from enas_tf.campaign import components, grouped, interval, power
from enas_tf.campaign import verdict_words as words_lib
from enas_tf.campaign.components import Spread
from enas_tf.campaign.contrast import Contrast
from enas_tf.campaign.interval import Interval
from enas_tf.campaign.results import Retrained

# Their arcs come from the searches of the judged method, one beside each of its own.
_OF_ITS_SEARCHES = ("random_matched", "largest")


class Figures(NamedTuple):
    """A method.

    Attributes:
      method: its name.
      mean: of its searches, or of its arcs where there was no search.
      deviation: of all trainings; None of a single one.
      trainings, arcs, searches: how many there are.
      spread: what the deviation consists of.
    """

    method: str
    mean: float
    deviation: float | None
    trainings: int
    arcs: int
    searches: int
    spread: Spread

    @property
    def words(self) -> str:
        """A line."""
        return words_lib.spread(
            self.method,
            self.mean,
            self.trainings,
            self.spread,
            searched=self.searches > 0,
        )


class Verdict(NamedTuple):
    """What a campaign says of a method.

    Attributes:
      method: that is judged.
      figures: of all methods, in the order in which they come.
      contrasts: of the judged method with others.
    """

    method: str
    figures: list[Figures]
    contrasts: list[Contrast]

    @property
    def sentence(self) -> str:
        """Better, worse, or not distinguishable at this budget."""
        return words_lib.sentence(self.method, self.contrasts)

    @property
    def words(self) -> list[str]:
        """The sentence, the differences, what more would show them, and the spreads."""
        found = [self.sentence]
        found += [words_lib.contrast(self.method, one) for one in self.contrasts]
        found += [words_lib.needed(one) for one in self.contrasts]
        found += [one.words for one in self.figures]
        return [line for line in found if line]

    def in_json(self) -> dict[str, object]:
        """All of it, as JSON has it; None where a figure cannot be told."""
        figures = [
            {**one._asdict(), "spread": one.spread._asdict()} for one in self.figures
        ]
        return dict(
            method=self.method,
            sentence=self.sentence,
            figures=figures,
            contrasts=[one.in_json() for one in self.contrasts],
        )


def judge(
    rows: Sequence[Retrained],
    method: str = "enas",
    against: Sequence[str] = ("random", "random_matched"),
) -> Verdict:
    """What the trainings of a campaign say.

    Args:
      rows: of all trainings that are done.
      method: that is judged; some of the rows are its own.
      against: methods that it is held against; those without a row are left out.
    """
    names = list(dict.fromkeys(row.method for row in rows))
    groups = {name: grouped.of(rows, name) for name in names}
    there = [name for name in against if name in groups]
    contrasts = [_contrast(groups[method], groups[name], name) for name in there]
    figures = [_figures(name, groups[name]) for name in names]
    return Verdict(method, figures, [one for one in contrasts if one])


def _figures(name: str, groups: grouped.Groups) -> Figures:
    nested = [[arc.scores for arc in arcs] for arcs in groups.values()]
    scores = [score for arcs in nested for arc in arcs for score in arc]
    has_searches = grouped.searched(groups)
    return Figures(
        name,
        float(grouped.units(groups).mean()),
        float(np.std(scores, ddof=1)) if len(scores) > 1 else None,
        len(scores),
        sum(map(len, nested)),
        len(nested) if has_searches else 0,
        components.spread(nested, searched=has_searches),
    )


def _contrast(
    ours: grouped.Groups, theirs: grouped.Groups, name: str
) -> Contrast | None:
    """None where no search has arcs of both."""
    if name in _OF_ITS_SEARCHES and grouped.searched(ours):
        return _paired(grouped.pairs(ours, theirs), name)
    mine, others = grouped.units(ours), grouped.units(theirs)
    found = interval.unpaired(mine, others)
    kinds = [_kind(ours), _kind(theirs)]
    more = None
    if not math.isnan(found.low):
        more = power.unpaired(float(found.difference), mine, others)
    return _as_contrast(name, found, (len(mine), len(others)), kinds, more)


def _paired(differences: np.ndarray, name: str) -> Contrast | None:
    if not len(differences):
        return None
    found, count = interval.paired(differences), len(differences)
    more = None
    if not math.isnan(found.low):
        units = power.paired(float(found.difference), differences)
        more = None if units is None else (units, units)
    kinds = ["search", "search"]
    one = _as_contrast(name, found, (count, count), kinds, more)
    return one._replace(is_paired=True)


def _as_contrast(
    name: str,
    found: Interval,
    counts: tuple[int, int],
    kinds: Sequence[str],
    more: tuple[int, int] | None,
) -> Contrast:
    bounds = [float(part) for part in found]
    known = None if math.isnan(bounds[1]) else (bounds[1], bounds[2])
    return Contrast(name, bounds[0], known, counts, (kinds[0], kinds[1]), more)


def _kind(groups: grouped.Groups) -> str:
    return "search" if grouped.searched(groups) else "arc"
