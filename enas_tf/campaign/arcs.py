"""The arcs that a finished search of a campaign hands on, by what it scored.

A pure function of arcs/derived.jsonl and run.json, so that every command that goes on
with a campaign finds the same ones.
"""

import json
import math
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from enas_tf.campaign import jobs
from enas_tf.config.sections import ConfigError
from enas_tf.run import layout, measures
from enas_tf.run.folder import RunFolder
from enas_tf.run.rows import Row
from enas_tf.search import size

_LIKELIHOOD = "log_likelihood"


class Scored(NamedTuple):
    """An arc that a search scored.

    Attributes:
      source: "policy", "random", "matched" or "evolution", by which deriving found it.
      arc: as it is printed.
      worth: by which the search ranks arcs; more is better.
      parameters: of its final child; 0 where they are not counted.
      flops: the same.
    """

    source: str
    arc: str
    worth: float
    parameters: int
    flops: int


def picked(folder: RunFolder, group: str, place: int) -> Scored | None:
    """One arc of those of a group; None where the search has none there.

    Args:
      folder: of the search, which is done.
      group: of `jobs.GROUPS`.
      place: in the order of the group, in which no arc is twice.

    Raises:
      ConfigError: the list of arcs is missing or damaged.
    """
    scored = _read(folder.arcs / layout.DERIVED, _ranked_by(folder))
    policy, random = (_once(_of(scored, source)) for source in ("policy", "random"))
    worth = _retrained(folder)
    # Those that were trained from scratch first, by that; then as they are listed.
    policy.sort(key=lambda one: -worth.get(one.arc, -math.inf))
    found: dict[str, Callable[[], Sequence[Scored | None]]] = {
        jobs.POLICY: lambda: policy,
        jobs.RANDOM: lambda: random,
        jobs.BEST_RANDOM: lambda: sorted(random, key=lambda one: -one.worth),
        jobs.LARGEST: lambda: sorted(random, key=lambda one: -one.flops),
        jobs.EVOLUTION: lambda: _once(_of(scored, "evolution")),
        jobs.MATCHED: lambda: _matched(policy, [*_of(scored, "matched"), *random]),
    }
    arcs = found[group]()
    return arcs[place] if place < len(arcs) else None


def _matched(policy: Sequence[Scored], free: Sequence[Scored]) -> list[Scored | None]:
    """For each of the policy's, best first, another arc within a tenth of its size.

    It is taken in the order in which arcs were drawn, so that scores have no part.
    """
    theirs = {one.arc for one in policy}
    free = [one for one in _once(free) if one.arc not in theirs]
    found: list[Scored | None] = []
    for wanted in policy:
        match = next((one for one in free if _is_as_large(one, wanted)), None)
        found.append(match)
        free = [one for one in free if one is not match]
    return found


def _of(scored: Sequence[Scored], source: str) -> list[Scored]:
    return [one for one in scored if one.source == source]


def _is_as_large(one: Scored, wanted: Scored) -> bool:
    difference = abs(one.parameters - wanted.parameters)
    return difference <= size.TOLERANCE * wanted.parameters


def _once(scored: Sequence[Scored]) -> list[Scored]:
    """The first of each arc."""
    found: dict[str, Scored] = {}
    for one in scored:
        found.setdefault(one.arc, one)
    return list(found.values())


def _ranked_by(folder: RunFolder) -> str:
    return folder.fact("derive", "rank_by", str) or "measure"


def _retrained(folder: RunFolder) -> dict[str, float]:
    """{arc: worth} of those that the search itself trained from scratch."""
    kept = (folder.fact("derive", "retrained", dict) or {}).get("arcs", {})
    by_likelihood = _ranked_by(folder) == _LIKELIHOOD
    sign = 1
    if not by_likelihood:
        sign = _measure(folder.facts("derive")).sign
    column = _LIKELIHOOD if by_likelihood else "measured"
    return {
        arc: sign * row[column] for arc, row in kept.items() if row[column] is not None
    }


def _measure(names: Mapping[str, object]) -> measures.Measure:
    """The one whose name is, or begins with `policy_`, a key of `names`."""
    found = (m for n, m in measures.BY_NAME.items() if {n, f"policy_{n}"} & set(names))
    return next(found, measures.ACCURACY)


def _read(path: pathlib.Path, rank_by: str) -> list[Scored]:
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return [_scored(row, rank_by) for row in rows]
    except (OSError, ValueError, LookupError, TypeError):
        raise ConfigError(
            f"{path} is missing or damaged: the arcs of a campaign follow from it. "
            f"Make it anew with --mode=derive --output_dir={path.parents[1]}."
        ) from None


def _scored(row: Row, rank_by: str) -> Scored:
    measure = _measure(row)
    # A perplexity is displayed, a mean in nats was compared: both have one order.
    worth = row.get(rank_by, measure.sign * row[measure.name])
    parameters, flops = int(row.get("parameters", 0)), int(row.get("flops", 0))
    return Scored(row["source"], row["arc"], float(worth), parameters, flops)
