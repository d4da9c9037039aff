"""The end of --mode=ablate: what each part of a search is worth, with intervals.

Each variant is held against the search as it was asked for, by Welch's interval over
searches, as compare holds methods against each other.
"""

import math
from collections.abc import Sequence

from enas_tf.campaign import ablating, table, verdict
from enas_tf.campaign.contrast import Contrast
from enas_tf.campaign.results import Retrained
from enas_tf.campaign.verdict import Verdict

TRAINED = ablating.TRAINED
_HEAD = ("variant", "searches", "mean", f"minus {TRAINED}", "95 % interval")
_SAYS = {-1: "worse", 1: "better"}
_MISSES = 5  # of a hundred intervals


def judged(rows: Sequence[Retrained]) -> list[Verdict]:
    """A verdict on each variant, against `TRAINED` alone; none where that lacks.

    Args:
      rows: of all trainings that are done.
    """
    names = list(dict.fromkeys(row.method for row in rows))
    if TRAINED not in names:
        return []
    others = [name for name in names if name != TRAINED]
    return [verdict.judge(rows, name, (TRAINED,)) for name in others]


def same(rows: Sequence[Retrained]) -> list[str]:
    """The variants whose searches found the arcs of `TRAINED`, with its scores.

    What was taken from them had no part in these searches, so their difference of 0 is
    no measurement.
    """
    names = list(dict.fromkeys(row.method for row in rows))
    found = {
        name: {(r.search, r.arc, r.retrain, r.score) for r in rows if r.method == name}
        for name in names
    }
    return [n for n in names if n != TRAINED and found[n] == found.get(TRAINED)]


def words(found: Sequence[Verdict], alike: Sequence[str] = ()) -> list[str]:
    """A sentence for each variant that is distinguishable, or that none is; a table.

    Args:
      found: of `judged`; of none there are no words.
      alike: of `same`, which are told before all and have no part in the rest.
    """
    if not found:
        return []
    pairs = [(v.method, v.contrasts[0]) for v in found if v.method not in alike]
    clear = [_sentence(*pair) for pair in pairs if pair[1].outcome]
    told = [*_summary(pairs), *clear, *_unknown(pairs), *_caution(pairs)]
    return [*_alike(alike), *told, *table.aligned(_cells(found, alike))]


def in_json(found: Sequence[Verdict], alike: Sequence[str] = ()) -> dict[str, object]:
    """As JSON has it: each variant minus `TRAINED`; of those alike no interval."""
    nothing = dict(bounds=None, needed=None, outcome="the same runs")
    contrasts = [
        {
            "method": one.method,
            **one.contrasts[0].in_json(),
            **(nothing if one.method in alike else {}),
        }
        for one in found
    ]
    return dict(against=TRAINED, contrasts=contrasts)


def _alike(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    return [
        f"The same runs as {TRAINED}, with the same arcs and the same scores, so that "
        f"nothing was compared: {', '.join(names)}."
    ]


def _sentence(name: str, one: Contrast) -> str:
    low, high = one.bounds or (math.nan, math.nan)
    counts = " against ".join(map(str, one.counts))
    return (
        f"{name} is {_SAYS[one.outcome or 0]} than {TRAINED}: {one.difference:+.4f} "
        f"(95 % interval {low:+.4f} to {high:+.4f}; {counts} searches)."
    )


def _summary(pairs: Sequence[tuple[str, Contrast]]) -> list[str]:
    """Which are worse, better, or not told apart; none where nothing is known."""
    by: dict[int | None, list[str]] = {}
    for name, one in pairs:
        by.setdefault(one.outcome, []).append(name)
    if set(by) == {0}:
        return [f"No variant is distinguishable from {TRAINED} at this budget."]
    parts = [f"{_SAYS[n]}: {', '.join(by[n])}" for n in _SAYS if n in by]
    if parts and 0 in by:
        parts.append(f"not distinguishable at this budget: {len(by[0])} more")
    return [f"Against {TRAINED}, {'; '.join(parts)}."] if parts else []


def _unknown(pairs: Sequence[tuple[str, Contrast]]) -> list[str]:
    names = [name for name, one in pairs if one.outcome is None]
    if not names:
        return []
    return [
        f"No interval for {', '.join(names)}: it needs two searches of the variant and "
        f"of {TRAINED} that differ; see --compare_search_seeds."
    ]


def _caution(pairs: Sequence[tuple[str, Contrast]]) -> list[str]:
    """Several intervals are clear of zero by chance more often than one is."""
    count = sum(one.outcome is not None for _, one in pairs)
    if count < 2:
        return []
    return [
        f"There are {count} intervals: if no variant differed, up to "
        f"{min(100, _MISSES * count)} % of such campaigns would call at least one "
        "better or worse."
    ]


def _cells(found: Sequence[Verdict], alike: Sequence[str]) -> list[tuple[str, ...]]:
    means = {one.method: one for one in found[0].figures}
    trained = means[TRAINED]
    rows = [(TRAINED, str(trained.searches), f"{trained.mean:.4f}", "-", "-")]
    for one in found:
        own, contrast = means[one.method], one.contrasts[0]
        bounds = contrast.bounds
        interval = f"{bounds[0]:+.4f} to {bounds[1]:+.4f}" if bounds else "-"
        if one.method in alike:
            interval = "the same runs"
        difference = f"{contrast.difference:+.4f}"
        mean = f"{own.mean:.4f}"
        rows.append((one.method, str(own.searches), mean, difference, interval))
    return [_HEAD, *rows]
