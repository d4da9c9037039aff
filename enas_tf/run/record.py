"""run.json: the record of a run, kept twice, and put together anew if both are lost.

The copy is written after run.json. So where the two differ and both are whole, a kill
came between them, and run.json is the newer one. No TensorFlow.
"""

import pathlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import enas_tf
from enas_tf.run import counters, disk, mending, saves
from enas_tf.run import layout as run_layout
from enas_tf.run import settings as run_settings
from enas_tf.run.mending import Trouble

PROGRAM = "enas_tf"
# The first key of run.json.
_HEAD = (
    "program",
    "version",
    "versions",
    "command",
    "seed",
    "begin",
    "end",
    "seconds",
    "commands",
)
_EPOCH = f"{counters.EPOCH}/.ATTRIBUTES".encode()
# Names in the index of a stage's checkpoint, which tell it from another program's.
_VARIABLES = {
    "search": (_EPOCH, b"trainer_0/.ATTRIBUTES"),
    "train": (_EPOCH, b"optimizer_0/.ATTRIBUTES"),
}


class Found(NamedTuple):
    """The record of a run.

    Attributes:
      run: as run.json has it; its "stages" are objects, whatever the file holds.
      trouble: the file of the two that is not whole, if one is.
      lost: the fault of both, so that this is from the rest; "" if one is whole.
    """

    run: dict[str, Any]
    trouble: Trouble | None = None
    lost: str = ""


class _File(NamedTuple):
    """One of the two files: its object, or None and its fault."""

    run: dict[str, Any] | None
    sealed: bool
    trouble: str


def read(folder: pathlib.Path) -> Found | None:
    """The record of the run in `folder`; None if there is no run of this program.

    Raises:
      ConfigError: the folder cannot be looked at.
    """
    ours, copy = (_file(folder / n) for n in (run_layout.RUN, run_layout.COPY))
    if copy.sealed and ours.run and not ours.sealed and ours.run != copy.run:
        ours = _File(None, False, mending.DAMAGED)  # its checksum is lost
    both = ours.sealed and copy.sealed
    if both and _of_two_runs(ours.run or {}, copy.run or {}):
        raise disk.Damaged(
            f"{folder / run_layout.RUN} and {run_layout.COPY} are of two runs. Remove "
            "the one that is not of this folder's; it is made anew from the other."
        )
    if ours.run:
        # A copy of an earlier version is not missed.
        missed = copy.trouble and (ours.sealed or copy.trouble != mending.MISSING)
        trouble = Trouble(run_layout.COPY, copy.trouble, run_layout.RUN)
        return Found(_with_stages(ours.run), trouble if missed else None)
    if copy.run:
        trouble = Trouble(run_layout.RUN, ours.trouble, run_layout.COPY)
        return Found(_with_stages(copy.run), trouble)
    return _rebuilt(folder, ours.trouble) if _is_ours(folder) else None


def stages(run: Mapping[str, object]) -> dict[str, dict[str, Any]]:
    """The facts of each stage in `run`; all but objects is left out."""
    found = run.get("stages")
    found = found if isinstance(found, dict) else {}
    return {name: facts for name, facts in found.items() if isinstance(facts, dict)}


def write(folder: pathlib.Path, run: Mapping[str, object]) -> None:
    """Keep `run`, twice."""
    run = {**{key: run[key] for key in _HEAD if key in run}, **run}
    disk.write_json(folder / run_layout.RUN, run)
    disk.write_json(folder / run_layout.COPY, run)


def _of_two_runs(ours: Mapping[str, object], copy: Mapping[str, object]) -> bool:
    """Whether they are of two runs: all records of one run have one time of begin."""
    known = "begin" in ours and "begin" in copy
    return known and ours["begin"] != copy["begin"]


def is_damaged(folder: pathlib.Path) -> bool:
    """Whether run.json is there and can be nobody's: no object, or a broken one."""
    path = folder / run_layout.RUN
    try:
        return path.is_file() and "program" not in disk.read_json(path)
    except disk.Damaged:
        return True


def new() -> dict[str, Any]:
    """The record of a run that begins."""
    return dict(program=PROGRAM, version=enas_tf.__version__, stages={})


def _file(path: pathlib.Path) -> _File:
    if not path.exists():
        return _File(None, False, mending.MISSING)
    damaged = _File(None, False, mending.DAMAGED)
    if path.is_dir():
        return damaged
    try:
        found = disk.read_sealed(path)
    except disk.Damaged:
        return damaged
    if found.value.get("program") != PROGRAM:
        return damaged
    return _File(found.value, found.sealed, "")


def _is_ours(folder: pathlib.Path) -> bool:
    """Whether the rest of the folder shows that this program made it."""
    for stage in run_settings.NOUNS:
        if run_settings.find(folder, stage, None).values:
            return True
        for index in (folder / run_layout.CHECKPOINTS / stage).glob("ckpt-*.index"):
            content = index.read_bytes() if index.is_file() else b""
            if all(name in content for name in _VARIABLES[stage]):
                return True
    return False


def _rebuilt(folder: pathlib.Path, trouble: str) -> Found:
    """A record from the rest of the folder; only the settings are read."""
    stages: dict[str, dict[str, object]] = {}
    for stage in run_settings.NOUNS:
        if begun := run_settings.find(folder, stage, None).values:
            stages[stage] = {run_settings.KEY: begun}
            saved = saves.begun(folder / run_layout.CHECKPOINTS / stage)
            stages[stage] |= {"saved": True} if saved else {}
    return Found({**new(), "rebuilt": True, "stages": stages}, lost=trouble)


def _with_stages(run: Mapping[str, object]) -> dict[str, Any]:
    return {**run, "stages": stages(run)}
