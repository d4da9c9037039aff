"""Rows that metrics.jsonl ought to have and has not: told at the head of a page.

A step is logged at least once in --log_every steps, so a longer way between two rows
says that some are lost. Damaged rows are out of the file as soon as a run goes on; the
file as it was stays beside it.
"""

from collections.abc import Iterable

from enas_tf.command import typed
from enas_tf.page.found import Found
from enas_tf.run import layout, rows

_EVERY = "log_every"
_STEPPED = ("child", "controller")  # the kinds of rows that are logged by steps


def words(found: Found) -> list[str]:
    """A sentence for each kind of fault; none of a run whose rows are all there."""
    path = found.path / layout.METRICS
    if found.begun and found.facts(next(iter(found.begun))).get("saved"):
        if not path.is_file():
            return [f"{layout.METRICS} is missing, and with it all curves."]
    lines = [_damaged(found.damaged)] if found.damaged else []
    aside = sorted(path.parent.glob(f"{path.name}{rows.DAMAGED}*"))
    if aside and not found.damaged:
        lines.append(
            f"Rows of {layout.METRICS} were damaged and left out; the file as it was "
            f"is {aside[-1].name}."
        )
    return lines + _gaps(found)


def _damaged(count: int) -> str:
    of = "row of metrics.jsonl is" if count == 1 else "rows of metrics.jsonl are"
    return f"{count} damaged {of} left out."


def _gaps(found: Found) -> list[str]:
    """Where rows are missing, for each stage and kind of rows."""
    every = _every(found)
    told = []
    for stage in found.begun if every else ():
        for kind in _STEPPED:
            steps = [r["step"] for r in found.rows if _is_of(r, stage, kind)]
            if gaps := _between(steps, every):
                first, last = gaps[0]
                more = f", and in {len(gaps) - 1} more places" if len(gaps) > 1 else ""
                told.append(
                    f"Rows of {layout.METRICS} are missing: {stage}, {kind}, between "
                    f"steps {first} and {last}{more}."
                )
    return told


def _is_of(row: rows.Row, stage: str, kind: str) -> bool:
    return (row["stage"], row["kind"]) == (stage, kind)


def _between(steps: Iterable[int], every: int) -> list[tuple[int, int]]:
    """The steps before and behind each longer way than `every`."""
    ordered = sorted({0, *steps})
    pairs = zip(ordered, ordered[1:], strict=False)
    return [(one, two) for one, two in pairs if two - one > every]


def _every(found: Found) -> int:
    """The most steps between two rows, by all commands; 0 where it is not known."""
    values = [settings.get(_EVERY, 0) for settings in found.begun.values()]
    for command in found.commands:
        for word in typed.parts(command["command"]).flags:
            name, _, value = word.lstrip("-").partition("=")
            values += [int(value)] if name == _EVERY and value.isdigit() else []
    return max(values, default=0)
