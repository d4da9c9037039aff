"""What the check of an export has found: a row for each format, kept beside the files.

No TensorFlow.
"""

import pathlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from enas_tf.config.errors import ConfigError
from enas_tf.run import disk, layout

_HEAD = ("format", "file", "size", "ms", "difference", "agreement")
_WIDTHS = (-13, -18, 9, 8, 11, 11)  # negative: to the left; 70 columns in all


class Row(NamedTuple):
    """One format.

    Attributes:
      format: its name.
      file: its name; of a SavedModel a folder's.
      bytes: of the file, or of all in the folder.
      milliseconds: of one call with a batch of 1, on one thread, the least; None where
        it could not be measured.
      difference: the largest one between its probabilities and the trained model's.
      agreement: the share of the examples to which both give the same answer.
    """

    format: str
    file: str
    bytes: int
    milliseconds: float | None
    difference: float
    agreement: float


class Table(NamedTuple):
    """All formats.

    Attributes:
      rows: of those that are there.
      failed: why, for each that was wanted and is not there.
      examples: how many answers were compared, and of what, in words.
    """

    rows: Sequence[Row]
    failed: Mapping[str, str]
    examples: str


def write(folder: pathlib.Path, table: Table) -> None:
    """Keep the table in the folder of an export."""
    rows = [row._asdict() for row in table.rows]
    value = dict(formats=rows, failed=dict(table.failed), examples=table.examples)
    disk.write_json(folder / layout.EXPORT_TABLE, value)


def read(folder: pathlib.Path) -> Table | None:
    """The table in the folder of an export; None where none is, or none is whole."""
    try:
        found = disk.read_json(folder / layout.EXPORT_TABLE)
        rows = [Row(**row) for row in found["formats"]]
        return Table(rows, found["failed"], found["examples"])
    except (ConfigError, KeyError, TypeError):
        return None


def lines(table: Table) -> list[str]:
    """The table in columns, and a line on how it was made."""
    body = [_cells(row) for row in table.rows]
    said = f"ms: batch 1, one thread. The rest: {table.examples}."
    return [*(_line(cells) for cells in (_HEAD, *body)), said]


def _cells(row: Row) -> tuple[str, ...]:
    took = "-" if row.milliseconds is None else f"{row.milliseconds:.2f}"
    size = f"{row.bytes / 1000:,.0f} kB"
    share = f"{100 * row.agreement:.1f} %"
    return (row.format, row.file, size, took, f"{row.difference:.1e}", share)


def _line(cells: Sequence[str]) -> str:
    pairs = zip(cells, _WIDTHS, strict=True)
    return "".join(c.ljust(-w) if w < 0 else c.rjust(w) for c, w in pairs).rstrip()
