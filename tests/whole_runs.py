"""A run of everything, made once for all files of tests and for all their processes."""

import contextlib
import fcntl
import json
import logging
import os
import pathlib
import shutil
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import runs

from enas_tf.training.driver import Driver

# In the order in which a run comes to them: before the call that takes a stage's
# counter beyond a step. What its folder holds there is what SIGKILL would leave.
KILLS = (
    ("search", "child_step", 2),  # before the first save
    ("search", "child_step", 5),  # in the first child epoch
    ("search", "child_step", 25),  # in the second
    ("search", "controller_step", 5),  # in the second controller phase
    ("train", "child_step", 22),  # dropout is on
)


class Whole(NamedTuple):
    """A run by `--mode=all`.

    Attributes:
      folder: of it. Only test_end_to_end.py changes it.
      copy: another one, which nobody changes.
      lines: that were logged.
      killed: of each of `KILLS`, the folder as it was there; nobody changes it.
      said: of each of `KILLS`, the number of lines that had been logged.
    """

    folder: pathlib.Path
    copy: pathlib.Path
    lines: list[str]
    killed: list[pathlib.Path]
    said: list[int]


@contextlib.contextmanager
def of(space: str, tmp_path_factory) -> Iterator[Whole]:
    """That of `space`, as `runs.TINY` has it, which meanwhile reads the same files."""
    place = _shared(tmp_path_factory) / f"whole_{space}"
    place.mkdir(exist_ok=True)
    tiny, texts = runs.TINY[space], place / "texts"
    folder, copy, logged = place / "run", place / "copy", place / "lines.json"
    with pytest.MonkeyPatch.context() as patch:
        with open(place / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second waits
            if "data_path" in tiny:
                if not texts.exists():  # or another process may be reading them
                    shutil.copytree(tiny["data_path"], texts)
                patch.setitem(tiny, "data_path", str(texts))
            killed = [place / f"killed_{number}" for number in range(len(KILLS))]
            if not logged.exists():
                found = _run(space, folder, killed)
                shutil.copytree(folder, copy)
                logged.write_text(json.dumps(found))
        lines, said = json.loads(logged.read_text())
        yield Whole(folder, copy, lines, killed, said)


def _shared(tmp_path_factory) -> pathlib.Path:
    """The folder of this session of tests, of all its processes."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def _run(
    space: str, folder: pathlib.Path, killed: list[pathlib.Path]
) -> tuple[list[str], list[int]]:
    """The lines that were logged, and how many there were at each of `KILLS`."""
    lines: list[str] = []
    said: list[int] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    advance = Driver.advance

    def copying(self, name, last, call, **more):
        def copied(first, end):
            if len(said) < len(KILLS):
                _, counter, step = KILLS[len(said)]
                if name == counter and end > step:
                    shutil.copytree(folder, killed[len(said)])
                    said.append(len(lines))
            call(first, end)

        return advance(self, name, last, copied, **more)

    logging.getLogger("absl").addHandler(handler)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Driver, "advance", copying)
            runs.run(space, folder, mode="all", seen=True)
    finally:
        logging.getLogger("absl").removeHandler(handler)
    assert len(said) == len(KILLS)
    return lines, said
