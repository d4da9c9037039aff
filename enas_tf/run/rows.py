"""Files of a line of JSON per row, each with a checksum of itself: metrics.jsonl.

A digit that has changed on the disk is still a number. Rows of versions that wrote no
checksum are taken as they are.
"""

import json
import os
import pathlib
import re
import zlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TextIO

from absl import logging

from enas_tf.run import disk

Row = dict[str, Any]

KEYS = ("stage", "kind", "step")  # of every row of metrics.jsonl
DAMAGED = ".damaged"  # ends the name under which a damaged file is kept
NEW = ".new"  # ends that of a file that takes the place of another
_SEAL = re.compile(r'(\{.*), "check": "([0-9a-f]{8})"\}')
_WORDS = ("stage", "kind", "arc")  # of the keys asked for, those of texts


class Found(NamedTuple):
    """The content of a file.

    Attributes:
      rows: those that are whole, each behind its line.
      damaged: the number of other lines.
      torn: whether the last one does not end, as a kill leaves it; no damage.
    """

    rows: list[tuple[str, Row]]
    damaged: int
    torn: bool


def sealed(row: Row) -> str:
    """`row` as a line, without a line break; its numbers go by `disk.finite`."""
    text = json.dumps(disk.finite(row), allow_nan=False)[:-1]
    return f'{text}, "check": "{_checksum(text)}"}}'


def read(path: pathlib.Path, *, keys: Sequence[str]) -> Found:
    """The rows of `path`, in which all have `keys`; none if it is no file.

    Raises:
      OSError: it may not be read.
    """
    if not path.is_file():
        return Found([], 0, False)
    *lines, last = path.read_bytes().split(b"\n")
    rows = [(line, _row(line, keys)) for line in (*lines, last) if line.strip()]
    whole = [(line.decode(), row) for line, row in rows if row is not None]
    cut = bool(last.strip()) and _row(last, keys) is None
    return Found(whole, len(rows) - len(whole) - cut, bool(last))


def of_run(path: str | os.PathLike) -> list[Row]:
    """The rows of a metrics.jsonl; damaged ones are left out, no file has none."""
    return [row for _, row in read(pathlib.Path(path), keys=KEYS).rows]


def mend(path: pathlib.Path, *, keys: Sequence[str]) -> None:
    """Leave the whole rows in `path`; a damaged file stays beside it, and is logged.

    Raises:
      ConfigError: it cannot be read or written.
    """
    with disk.refusals(path):
        if path.exists() and not path.is_file():
            aside = _free(path)
            path.replace(aside)
            logging.warning("%s is no file: now called %s.", path, aside.name)
        found = read(path, keys=keys)
        if found.damaged:
            aside = _free(path)
            aside.write_bytes(path.read_bytes())
            logging.warning("%s: %s left out;", path, _lines(found.damaged))
            logging.warning("the file as it was is kept as %s.", aside.name)
        if found.damaged or found.torn:
            write(path, [line for line, _ in found.rows])


def write(path: pathlib.Path, lines: Sequence[str]) -> None:
    """All of `path`, in one atomic step; a kill leaves the old file or the new one."""
    beside = path.with_name(path.name + NEW)
    with disk.refusals(path):
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(line + "\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)


class RowFile:
    """A file of rows that grows; it is mended before it is first changed."""

    def __init__(self, path: pathlib.Path, *, keys: Sequence[str]):
        """Touches nothing yet.

        Args:
          path: of the file; it and its folder are made with the first row.
          keys: the names that every row has.
        """
        self._path = path
        self._keys = keys
        self._file: TextIO | None = None
        self._mended = False

    def append(self, row: Row) -> None:
        """One row, in the file when this returns."""
        self._open().write(sealed(row) + "\n")
        self._open().flush()

    def drop(
        self, unwanted: Callable[[Row], bool], *, instead: Row | None = None
    ) -> None:
        """Drop rows, and put one in the place of the first, in one atomic step.

        Where none is dropped, it comes to the end.
        """
        self._open()
        found = self._read()
        remaining = [line for line, row in found if not unwanted(row)]
        if instead is not None:
            gone = (i for i, (_, row) in enumerate(found) if unwanted(row))
            remaining.insert(next(gone, len(remaining)), sealed(instead))
        elif len(remaining) == len(found):
            return
        self.close()
        write(self._path, remaining)

    def rows(self) -> list[Row]:
        """Those that are there."""
        self._open()
        return [row for _, row in self._read()]

    def close(self) -> None:
        """Until the next row."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read(self) -> list[tuple[str, Row]]:
        return read(self._path, keys=self._keys).rows

    def _open(self) -> TextIO:
        if self._file is None:
            if not self._mended:
                mend(self._path, keys=self._keys)
                self._mended = True
            with disk.refusals(self._path):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._path.open("a", encoding="utf-8", newline="\n")
        return self._file


def _row(line: bytes, keys: Sequence[str]) -> Row | None:
    """The row in `line`, without its checksum; None if it is damaged."""
    try:
        text = line.decode("utf-8")
        row = json.loads(text)
    except ValueError:
        return None
    match = _SEAL.fullmatch(text)
    if match and match[2] != _checksum(match[1]):
        return None
    if not isinstance(row, dict) or not row.keys() >= set(keys):
        return None
    if match:
        del row["check"]
    return row if all(_fits(*item, keys) for item in row.items()) else None


def _fits(key: str, value: object, keys: Sequence[str]) -> bool:
    """Whether `value` can stand under `key`: a text, a whole number, or a number."""
    if key in ("step", "epoch"):
        return type(value) is int
    if key in _WORDS and key in keys:
        return isinstance(value, str)
    return value is None or type(value) in (int, float)


def _checksum(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"


def _free(path: pathlib.Path) -> pathlib.Path:
    """A name beside `path` that nothing has: nothing that was kept is lost."""
    aside, number = path.with_name(path.name + DAMAGED), 1
    while os.path.lexists(aside):
        number += 1
        aside = path.with_name(f"{path.name}{DAMAGED}{number}")
    return aside


def _lines(count: int) -> str:
    return "1 line is damaged and" if count == 1 else f"{count} lines are damaged and"
