"""Two runs beside each other: whether all their figures are equal, and what differs.

Under the same conditions a run that is repeated has the same figures to the last digit.
Where it has not, the conditions say on which point it could not be the same.
"""

import pathlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from enas_tf.machine import processor
from enas_tf.machine import record as machine
from enas_tf.run import layout, rows, warm_origin
from enas_tf.run import record as run_record
from enas_tf.run import settings as run_settings
from enas_tf.run.rows import Row

_STAGES = ("search", "derive", "train")
# Facts of a stage that are no figure of it.
_NO_FIGURES = (
    *(run_settings.KEY, machine.KEY, warm_origin.KEY),
    *("seconds", "saved", "data", "plugins"),
)
# Settings that name a place, or how much is told.
_OF_PLACE = ("output_dir", "data_path", "mode", "threads", "warm_start")

_SHOWN = 5  # figures that differ

Figures = dict[str, object]


class Compared(NamedTuple):
    """Two runs that were compared.

    Attributes:
      rows: how many rows of metrics.jsonl the old run has, 0 if they are not there.
      figures: how many figures of either were compared.
      differ: a line for each that is not equal, in order.
    """

    rows: int
    figures: int
    differ: list[str]


def compare(
    old_folder: pathlib.Path,
    old: Mapping[str, object],
    new_folder: pathlib.Path,
    new: Mapping[str, object],
) -> Compared:
    """Every figure of metrics.jsonl and of run.json, but for times.

    Args:
      old_folder: where metrics.jsonl of the old run is, if it is kept.
      old: the object of its run.json.
      new_folder: of the new run.
      new: the object of its run.json.
    """
    before = rows.of_run(old_folder / layout.METRICS)
    after = rows.of_run(new_folder / layout.METRICS) if before else []
    was, now = _of_rows(before), _of_rows(after)
    was |= _of_stages(old)
    now |= _of_stages(new)
    names = list(dict.fromkeys([*was, *now]))
    differ = [
        f"{name} was {was.get(name, 'not there')}, is {now.get(name, 'not there')}"
        for name in names
        if (name in was, was.get(name)) != (name in now, now.get(name))
    ]
    return Compared(len(before), len(names), differ)


def sentences(
    found: Compared, old: Mapping[str, object], new: Mapping[str, object]
) -> list[str]:
    """What the user is told of two runs that were compared."""
    of_rows = f"{found.rows:,} rows of metrics.jsonl and of " if found.rows else ""
    counted = f"{found.figures:,} figures of {of_rows}run.json"
    if not found.differ:
        return [f"The run was repeated: all {counted} are equal."]
    lines = [
        f"The run was repeated, and {len(found.differ):,} of {counted} differ.",
        *found.differ[:_SHOWN],
    ]
    if len(found.differ) > _SHOWN:
        lines.append(f"... and {len(found.differ) - _SHOWN:,} more.")
    apart = points(old, new)
    if not apart:
        return [*lines, "Machine, versions, data and settings are the same."]
    return [*lines, "What is not the same:", *apart]


def points(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    """On which points the conditions of two runs differ, a line each."""
    found = []
    for name, was, now in _conditions(old, new):
        if was != now:
            if name == "processor" and isinstance(was, str) and isinstance(now, str):
                was, now = processor.difference(was, now)
            found.append(f"{name}: {was} then, {now} here")
    return list(dict.fromkeys(found))


def _of_rows(found: list[Row]) -> Figures:
    return {
        f"{row['stage']} {row['kind']} {row['step']}: {name}": value
        for row in found
        for name, value in row.items()
        if name not in (*rows.KEYS, "time")
    }


def _of_stages(run: Mapping[str, object]) -> Figures:
    """The facts of run.json that are figures, with the names of those inside."""
    found: Figures = {}
    for stage in _STAGES:
        for name, value in run_record.stages(run).get(stage, {}).items():
            if name in _NO_FIGURES:
                continue
            inner = value if isinstance(value, dict) else {"": value}
            for key, one in inner.items():
                found[f"run.json, {stage}: {' '.join([name, key]).strip()}"] = one
    return found


def _conditions(
    old: Mapping[str, object], new: Mapping[str, object]
) -> Iterator[tuple[str, object, object]]:
    """(name, in the old run, in the new one) of all that figures hang on."""
    yield "version of enas_tf", old.get("version"), new.get("version")
    before, after = (_object(run.get("versions")) for run in (old, new))
    for name in {**before, **after}:
        yield f"version of {name}", before.get(name), after.get(name)
    for stage in ("search", "train"):
        was, now = (run_record.stages(run).get(stage, {}) for run in (old, new))
        for key in (machine.KEY, "data", run_settings.KEY, warm_origin.KEY):
            yield from _of_both(was.get(key), now.get(key), key)


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _of_both(
    was: object, now: object, key: str
) -> Iterator[tuple[str, object, object]]:
    before, after = _object(was), _object(now)
    for name in before if after else ():
        if key == run_settings.KEY and (name in _OF_PLACE or name not in after):
            continue
        if key == warm_origin.KEY and name != "sha256":
            continue
        words = name if key == machine.KEY else f"{key}, {name}"
        yield words, before[name], after.get(name)
