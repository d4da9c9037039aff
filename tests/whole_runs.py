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


class Whole(NamedTuple):
    """A run by `--mode=all`.

    Attributes:
      folder: of it. Only test_end_to_end.py changes it.
      copy: another one, which nobody changes.
      lines: that were logged.
    """

    folder: pathlib.Path
    copy: pathlib.Path
    lines: list[str]


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
            if not logged.exists():
                lines = _run(space, folder)
                shutil.copytree(folder, copy)
                logged.write_text(json.dumps(lines))
        yield Whole(folder, copy, json.loads(logged.read_text()))


def _shared(tmp_path_factory) -> pathlib.Path:
    """The folder of this session of tests, of all its processes."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def _run(space: str, folder: pathlib.Path) -> list[str]:
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    logging.getLogger("absl").addHandler(handler)
    try:
        runs.run(space, folder, mode="all", seen=True)
    finally:
        logging.getLogger("absl").removeHandler(handler)
    return lines
