"""The checkpoints in a folder, by the names of their files alone.

TensorFlow keeps a list of its own in a small text file beside them. It is neither read
nor written: a list can be damaged while all that it names is well. No TensorFlow, so
that a command can be refused at once.
"""

import contextlib
import os
import pathlib
import re
import shutil
from typing import NamedTuple

import numpy as np

LIST = "checkpoint"  # TensorFlow's list, in folders of versions up to 0.2

# A save that was killed may leave `ckpt-7_temp` (a folder), data without an index, or
# an index under a name that goes on.
# How an index ends. TensorFlow writes it under its last name, so a save that was killed
# may leave a part of one.
INDEX_END = bytes.fromhex("57fb808b247547db")
_NAME = re.compile(r"ckpt-(\d+)(?:(\.index)|(\.data-\d+-of-\d+)|_temp|\.index\..+)")


class Found(NamedTuple):
    """Numbers of checkpoints, the newest first.

    Attributes:
      whole: those with both of their files.
      halves: those with one of them only.
      highest: of all names, those of a killed save too; 0 if there are none.
    """

    whole: list[int]
    halves: list[int]
    highest: int


class Saved(NamedTuple):
    """A checkpoint that was read.

    Attributes:
      path: of its files, without their ends.
      values: its variables by their names, counters among them.
      sha256: of its files, one after the other.
    """

    path: pathlib.Path
    values: dict[str, np.ndarray]
    sha256: str


def name(number: int) -> str:
    """The beginning of the names of a checkpoint's files."""
    return f"ckpt-{number}"


def look(folder: pathlib.Path) -> Found:
    """The checkpoints in `folder`, which may be missing.

    Raises:
      OSError: it cannot be listed.
    """
    index, data, numbers = set(), set(), {0}
    for number, match in _matches(folder).values():
        numbers.add(number)
        index |= {number} if match[2] else set()
        data |= {number} if match[3] else set()
    whole, halves = index & data, index ^ data
    return Found(sorted(whole)[::-1], sorted(halves)[::-1], max(numbers))


def begun(folder: pathlib.Path) -> bool:
    """Whether a save ever came to its end here, as far as names tell.

    The index is written last, so data without one, or with a part of one, are no sign.
    """
    indices = [file for file, (_, match) in _matches(folder).items() if match[2]]
    return any(map(_ends, indices)) or (folder / LIST).is_file()


def remove_others(folder: pathlib.Path, spared: list[int]) -> None:
    """Remove all checkpoints but those `spared`, and the parts of killed saves."""
    for file, (number, _) in _matches(folder).items():
        if number in spared:
            continue
        with contextlib.suppress(OSError):
            if file.name.endswith("_temp"):
                shutil.rmtree(file)
            else:
                file.unlink()


def remove_list(folder: pathlib.Path) -> None:
    """Remove TensorFlow's list, which would go on naming files that are gone."""
    with contextlib.suppress(OSError):
        (folder / LIST).unlink()


def _ends(index: pathlib.Path) -> bool:
    """Whether all of an index was written; damage in its middle is not looked for."""
    if not index.is_file():
        return True  # a file of another kind was put there later
    with index.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - len(INDEX_END)))
        return file.read() == INDEX_END


def _matches(folder: pathlib.Path) -> dict[pathlib.Path, tuple[int, re.Match]]:
    """The files and folders that belong to a checkpoint, each with its number."""
    if not folder.is_dir():
        return {}
    found = {file: _NAME.fullmatch(file.name) for file in folder.iterdir()}
    return {file: (int(match[1]), match) for file, match in found.items() if match}
