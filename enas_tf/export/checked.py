"""Formats beside the two that are always written: written, checked, and listed.

Each file is read again and asked about examples of the data set. What does not answer
as the trained model does is removed and told; the others stay.
"""

import pathlib
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import tensorflow as tf

from enas_tf.export import answering, formats, latency, table
from enas_tf.export.asked import Asked
from enas_tf.export.table import Row, Table
from enas_tf.machine import standard_error

# The largest difference of a probability that counts as rounding.
TOLERANCE = 1e-5
# Of a file in whole numbers, which rounds by design: the least share of equal answers.
AGREEMENT = 0.9
ROUNDED = ("litert_int8",)


class Compared(NamedTuple):
    """Answers of a file beside those of the model; see `table.Row`."""

    difference: float
    agreement: float


class Deployable(Protocol):
    """A trained model that can be written in other formats.

    Attributes:
      examples: how many are compared, and of what, in words.
    """

    @property
    def examples(self) -> str:
        """Such as "256 test images"."""

    def write(self, name: str, path: pathlib.Path) -> None:
        """Write the file of the format `name`."""

    def compare(self, asked: Asked) -> Compared:
        """Hold the answers of a file against its own."""


def add(folder: pathlib.Path, names: Sequence[str], model: Deployable) -> None:
    """Write files of the formats `names`, and the table of all that are there.

    Args:
      folder: of a new export, in which `formats.ALWAYS` are already.
      names: of the formats beside these.
      model: the trained one.
    """
    found: dict[str, Compared] = {}
    failed: dict[str, str] = {}
    for name in (*formats.ALWAYS, *names):
        try:
            found[name] = _tried(folder, name, model)
            fault = _fault(name, found[name])
        except _Failed as error:
            fault = str(error)
        if fault:
            failed[name] = fault
            _remove(folder, name)
    kept = [n for n in found if n not in failed or n in formats.ALWAYS]
    took = latency.measured(folder, kept)
    rows = [_row(folder, name, found[name], took.get(name)) for name in kept]
    table.write(folder, Table(rows, failed, model.examples))


class _Failed(Exception):
    """A file could not be written or read."""


def _tried(folder: pathlib.Path, name: str, model: Deployable) -> Compared:
    """Write a file unless it is there, and compare it; `_Failed` says why not."""
    fault = ""
    with standard_error.held_back():
        try:
            if name not in formats.ALWAYS:
                model.write(name, folder / formats.FORMATS[name].file)
            # Where the other engines compute: a GPU rounds more.
            with tf.device("CPU:0"):
                return model.compare(answering.of_file(name, folder))
        except OSError:  # the disk is full, of which all files would suffer
            raise
        # Converters meet operations that they do not know, with errors of no common
        # class; the other formats are not to suffer from it.
        except Exception as error:
            fault = answering.first_line(error)
    raise _Failed(fault)


def compared(found: np.ndarray, expected: np.ndarray) -> Compared:
    """Of probabilities [N, V] beside the model's."""
    equal = np.argmax(found, 1) == np.argmax(expected, 1)
    return Compared(float(np.max(np.abs(found - expected))), float(np.mean(equal)))


def _fault(name: str, found: Compared) -> str:
    """Why a file is not good, in words; "" if it is."""
    if name in ROUNDED:
        if found.agreement >= AGREEMENT:
            return ""
        share = f"{100 * found.agreement:.1f} %"
        return f"it agrees in {share} of the answers, at least {AGREEMENT:.0%} is good"
    if found.difference <= TOLERANCE:  # not of a NaN
        return ""
    words = f"at most {TOLERANCE:.0e} is rounding"
    return f"probabilities differ by {found.difference:.1e}, {words}"


def _remove(folder: pathlib.Path, name: str) -> None:
    """Leave no file that is not good, but those that this program reads itself."""
    if name not in formats.ALWAYS:
        (folder / formats.FORMATS[name].file).unlink(missing_ok=True)


def _row(folder: pathlib.Path, name: str, found: Compared, took: float | None) -> Row:
    path = folder / formats.FORMATS[name].file
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    size = sum(file.stat().st_size for file in files)
    return Row(name, path.name, size, took, found.difference, found.agreement)
