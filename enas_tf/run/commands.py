"""The commands of a run, as run.json lists them: when each began, how it ended.

Pure functions of the object in run.json. No TensorFlow.
"""

import datetime
import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

import enas_tf

FINISHED, STOPPED, FAILED = "finished", "stopped", "failed"
KEPT = 100  # entries of the list; of older ones their seconds are kept


def begin(
    run: Mapping[str, object], words: Sequence[str], mode: str, seconds: float
) -> dict[str, Any]:
    """`run` with one command more, which began `seconds` ago.

    An entry has no `end` and no `status` until the command ends, or for ever if it is
    killed.
    """
    entry = dict(
        command=list(words),
        mode=mode,
        version=enas_tf.__version__,
        pid=os.getpid(),
        begin=_now(-seconds),
        seconds=round(seconds, 1),
    )
    entries = [*of(run), entry]
    earlier = run.get("seconds_of_earlier_commands", 0.0)
    earlier = _number(earlier) + sum(_number(e.get("seconds")) for e in entries[:-KEPT])
    dropped = {"seconds_of_earlier_commands": round(earlier, 1)} if earlier else {}
    return _summed({**run, **dropped, "commands": entries[-KEPT:]})


def until(run: dict[str, object], last_sign: float) -> dict[str, object]:
    """`run`, whose last command has `seconds` up to its last sign of life if it has no
    end: it was killed. `last_sign` is in seconds since 1970."""
    entry = of(run)[-1] if of(run) else {}
    try:
        spent = last_sign - datetime.datetime.fromisoformat(entry["begin"]).timestamp()
    except (LookupError, ValueError, TypeError):
        return run
    if "end" in entry or spent <= _number(entry.get("seconds")):
        return run
    return _with_last(run, seconds=round(spent, 1))


def lives(run: Mapping[str, object], seconds: float) -> dict[str, Any]:
    """`run`, whose last command has lasted for `seconds` so far."""
    return _with_last(run, seconds=round(seconds, 1))


def end(run: Mapping[str, object], status: str, seconds: float) -> dict[str, Any]:
    """`run`, whose last command has ended after `seconds`."""
    ended = _now()
    run = {**run, "end": ended}
    return _with_last(run, end=ended, seconds=round(seconds, 1), status=status)


def status_of(error: BaseException | None) -> str:
    """How a command ended that `error` came out of; "" if it was not the command's."""
    if error is None:
        return FINISHED
    if isinstance(error, SystemExit):
        code = error.code if isinstance(error.code, int) else int(bool(error.code))
        # As a shell has it: 128 and the number of a signal.
        return STOPPED if code > 128 else FAILED if code else FINISHED
    if isinstance(error, KeyboardInterrupt):
        return STOPPED
    return FAILED if isinstance(error, Exception) else ""


def of(run: Mapping[str, object]) -> list[dict[str, Any]]:
    """The list of commands; all but objects is left out."""
    found = run.get("commands")
    found = found if isinstance(found, list) else []
    return [entry for entry in found if isinstance(entry, dict)]


def seconds(run: Mapping[str, object], mode: str = "") -> float:
    """Of all commands of the run together, or of those of `mode` alone.

    Which mode the oldest of very many commands had is not kept; they count for each.
    """
    if not mode:
        return _number(run.get("seconds"))
    own = (entry for entry in of(run) if entry.get("mode", mode) == mode)
    spent = _number(run.get("seconds_of_earlier_commands"))
    return round(spent + sum(_number(entry.get("seconds")) for entry in own), 1)


def _with_last(run: Mapping[str, object], **facts: object) -> dict[str, Any]:
    *before, last = of(run) or [{}]
    return _summed({**run, "commands": [*before, {**last, **facts}]})


def _summed(run: Mapping[str, object]) -> dict[str, Any]:
    spent = _number(run.get("seconds_of_earlier_commands"))
    spent += sum(_number(entry.get("seconds")) for entry in of(run))
    return {**run, "seconds": round(spent, 1)}


def _now(seconds: float = 0.0) -> str:
    """The time in `seconds` from now, in UTC."""
    moment = datetime.datetime.fromtimestamp(time.time() + seconds, datetime.UTC)
    return moment.isoformat(timespec="seconds")


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value)
