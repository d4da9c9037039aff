"""A verdict in plain words."""

from collections.abc import Sequence

from enas_tf.campaign import power
from enas_tf.campaign.components import Spread
from enas_tf.campaign.contrast import Contrast

_NAMES = dict(
    enas="ENAS",
    random="random arcs",
    random_matched="random arcs of its size",
    random_shared="random search under shared weights",
    largest="the largest random arcs",
    evolution="evolution under shared weights",
)
_PARTS = {
    1: "better than {}",
    -1: "worse than {}",
    0: "not distinguishable at this budget from {}",
    None: "not comparable at this budget with {}",
}
_SIZE_ALONE = " What it found may be size alone."
_SIZE_AND_LESS = " What it found is size, and for its size it is worse than chance."


def sentence(method: str, contrasts: Sequence[Contrast]) -> str:
    """Better, worse, or not distinguishable; then what size has to do with it."""
    found: dict[int | None, list[str]] = {}
    for one in contrasts:
        found.setdefault(one.outcome, []).append(_named(one.against))
    parts = [
        words.format(_listed(found[outcome], last="or" if not outcome else "and"))
        for outcome, words in _PARTS.items()
        if outcome in found
    ]
    if not parts:
        return ""
    return f"{_named(method)} is {_joined(parts)}.{_size(contrasts)}"


def contrast(method: str, one: Contrast) -> str:
    """The difference, its interval, and of how many units."""
    bounds = "no interval"
    if one.bounds:
        bounds = f"95 % interval {one.bounds[0]:+.4f} to {one.bounds[1]:+.4f}"
    counts = _counts(one.counts, one.units)
    between = ", in pairs" if one.is_paired else f" against {counts[1]}"
    return (
        f"{_named(method)} minus {_named(one.against)}: {one.difference:+.4f} "
        f"({bounds}; n = {counts[0]}{between}; higher is better)."
    )


def needed(one: Contrast) -> str:
    """How many units would show the present difference; "" of one that is clear."""
    name = _named(one.against)
    if one.outcome is None:
        return (
            f"An interval of the difference from {name} needs two searches, or two "
            "arcs where there is no search, that differ: see --compare_search_seeds."
        )
    if one.outcome:
        return ""
    begin = (
        f"To see a difference of {one.difference:+.4f} from {name} in four of five "
        "such campaigns"
    )
    if one.needed is None:
        return f"{begin}, more than {power.MOST:,} would be needed of each."
    pairs = zip(one.needed, one.counts, strict=True)
    more = [max(1, want - now) for want, now in pairs]
    told = _counts((more[0], more[1]), one.units, "more ")
    told = told[:1] if one.is_paired else told
    return f"{begin}, about {' and '.join(told)} would be needed."


def spread(
    method: str, mean: float, trainings: int, found: Spread, *, searched: bool
) -> str:
    """The mean of a method, and by how much its scores differ, apart."""
    arcs = "arcs of a search" if searched else "arcs"
    between = dict(searches="searches", arcs=arcs, retrains="retrainings")
    values = found._asdict()
    known = [name for name in between if values[name] is not None]
    parts = [f"{between[name]} {values[name]:.4f}" for name in known]
    count = "1 training" if trainings == 1 else f"{trainings} trainings"
    begin = f"{method}: mean {mean:.4f} of {count}"
    if not parts:
        return f"{begin}."
    inner = dict(arcs="arcs", retrains="retrainings")
    inside = [word for name, word in inner.items() if name not in known]
    within = f" ({' and '.join(inside)} are in it)" if inside else ""
    return f"{begin}; deviation between {', '.join(parts)}{within}."


def _size(contrasts: Sequence[Contrast]) -> str:
    outcomes = {one.against: one.outcome for one in contrasts}
    if outcomes.get("random") != 1 or "random_matched" not in outcomes:
        return ""
    matched = outcomes["random_matched"]
    if matched == 1:
        return ""
    return _SIZE_AND_LESS if matched == -1 else _SIZE_ALONE


def _named(method: str) -> str:
    return _NAMES.get(method, method)


def _listed(names: Sequence[str], *, last: str) -> str:
    return f" {last} ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _joined(parts: Sequence[str]) -> str:
    """`A`, `A, but B`, or `A, B, but C`."""
    return ", but ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))


def _counts(
    counts: tuple[int, int], units: tuple[str, str], more: str = ""
) -> list[str]:
    plural = dict(search="searches", arc="arcs")
    return [
        f"{count:,} {more}{unit if count == 1 else plural[unit]}"
        for count, unit in zip(counts, units, strict=True)
    ]
