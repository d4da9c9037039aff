"""A table of pixels: a CSV file with an image a line, and its label in a column.

It is read twice: for the labels and their number, then for the pixels, so that these
are in memory once.
"""

import csv
import math
import os
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import class_labels, pictures, splits
from enas_tf.data.images.image_data import ImageData, Split
from enas_tf.data.images.store import Store
from enas_tf.run import lines

LABEL = "label"  # the name of the column, in capitals or not
WANTED = (
    "it must be text in UTF-8 with commas, and hold in each line a label and the "
    "pixels of a square image, whole numbers from 0 to 255"
)


class Table(NamedTuple):
    """How a table is to be read.

    Attributes:
      path: of the file.
      width: the number of columns.
      label: the number of the column of labels.
      has_header: whether the first line holds the names of columns.
      shape: height, width and channels of an image.
    """

    path: str
    width: int
    label: int
    has_header: bool
    shape: tuple[int, int, int]

    @property
    def name(self) -> str:
        """Of the data set."""
        return lines.quoted(os.path.basename(self.path))

    def note(self) -> str:
        """Which column is taken for what."""
        side, _, channels = self.shape
        order = "" if channels == 1 else ", each pixel red, green, blue"
        which = f"column {self.label + 1} of {self.width}"
        return f"{self.name}: the label is {which}; images {side} x {side}{order}."


def look(path: str) -> Table:
    """The form of the table, by its first two lines.

    Raises:
      ConfigError: it is none of images.
    """
    rows = _rows(path)
    first = next(rows, (1, []))[1]
    second = next(rows, (2, []))[1]
    if len(first) < 2:
        raise _refused(path, "has less than two columns", "Write commas between them.")
    has_header = _is_header(first)
    if has_header and not second:
        raise _refused(path, "has no line behind its header", "Add the images.")
    label = _label_column(path, first, second if has_header else first, has_header)
    return Table(path, len(first), label, has_header, _square(path, len(first) - 1))


def load(path: str, *, image_size: int, seed: int, store: Store) -> ImageData:
    """The images of the table; there is no test among them.

    Args:
      path: of the file.
      image_size: side to resize to; 0: as they are.
      seed: decides on the images that are set aside.
      store: keeps the images.

    Raises:
      ConfigError: a line is not as the others, or its pixels or labels are wrong.
    """
    table = look(path)
    place = f"--data_path: {path}"
    classes = class_labels.of(dict(train=_labels(table)), place=place)
    side, _, channels = table.shape
    side = image_size or side
    count = len(classes.labels["train"])
    (room,) = store.empty([count], (side, side, channels), name=table.name)
    for number, (line, row) in enumerate(_images(table)):
        image = _pixels(table, line, row)
        room[number] = pictures.resized(image, side) if image_size else image
    given = dict(train=Split(room, classes.labels["train"]))
    found = splits.arrange(given, name=table.name, seed=seed, in_place=True)
    notes = (table.note(), *found.notes)
    return ImageData(table.name, *found[:3], class_names=classes.names, notes=notes)


def _rows(path: str) -> Iterator[tuple[int, list[str]]]:
    """The lines of a file that are not empty: their numbers and their fields."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            try:
                for row in reader:
                    if row:
                        yield reader.line_num, row
            except UnicodeDecodeError:
                what = f"is no text in UTF-8 behind line {reader.line_num}"
                raise _refused(path, what, "Save it as such.") from None
            except csv.Error as error:
                what = f"cannot be read in line {reader.line_num} ({error})"
                raise _refused(path, what, "Mend that line.") from None
    except OSError as error:
        reason = error.strerror or error
        raise _refused(path, f"cannot be read ({reason})", "Check the path.") from None


def _images(table: Table) -> Iterator[tuple[int, list[str]]]:
    """The lines with images, all of one length."""
    rows = _rows(table.path)
    if table.has_header:
        next(rows, None)
    for line, row in rows:
        if len(row) != table.width:
            what = f"has {len(row)} columns in line {line}, {table.width} in the first"
            raise _refused(table.path, what, "Mend or remove that line.")
        yield line, row


def _labels(table: Table) -> np.ndarray:
    """[N], integers if all are; else text."""
    found = []
    for line, row in _images(table):
        found.append(row[table.label].strip())
        if not found[-1]:
            what = f"has no label in line {line}"
            raise _refused(table.path, what, "Write one, or remove that line.")
    try:
        return np.array([int(label) for label in found], np.int64)
    except (ValueError, OverflowError):
        return np.array(found, np.str_)


def _pixels(table: Table, line: int, row: list[str]) -> np.ndarray:
    """The image [H, W, C] uint8 of a line."""
    del row[table.label]
    try:
        levels = bytes(map(int, row))
    except ValueError:
        wrong = next(field for field in row if not _is_level(field))
        shown = lines.shortened(wrong, 20)
        what = f"has the pixel {shown} in line {line}"
        raise _refused(table.path, what, "Write such numbers.") from None
    return np.frombuffer(levels, np.uint8).reshape(table.shape)


def _is_header(first: list[str]) -> bool:
    """Whether a first line holds names: more than a label that is text."""
    texts = [place for place, field in enumerate(first) if not _is_number(field)]
    lone = texts in ([0], [len(first) - 1])
    return bool(texts) and (not lone or first[texts[0]].strip().lower() == LABEL)


def _label_column(path: str, first: list[str], row: list[str], has_header: bool) -> int:
    """The one of that name; else the last if it alone is text or is named apart."""
    last = len(first) - 1
    if has_header:
        names = [field.strip().lower() for field in first]
        if names.count(LABEL) > 1:
            what = f"has {names.count(LABEL)} columns called {LABEL}"
            raise _refused(path, what, "Leave one of them.")
        if LABEL in names:
            return names.index(LABEL)
        # Pixels are called by numbers.
        numbered = [name[-1:].isdigit() for name in (names[0], names[last])]
        return last if numbered == [True, False] else 0
    return last if not _is_number(row[last]) else 0


def _square(path: str, pixels: int) -> tuple[int, int, int]:
    for channels in (1, 3):
        side = math.isqrt(pixels // channels)
        if side * side * channels == pixels:
            return side, side, channels
    what = (
        f"has {pixels} columns beside the label, no square number nor three times one"
    )
    raise _refused(path, what, "Save square images, of grey or RGB.")


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _is_level(field: str) -> bool:
    try:
        return 0 <= int(field) <= 255
    except ValueError:
        return False


def _refused(path: str, what: str, remedy: str) -> ConfigError:
    return ConfigError(f"--data_path: {path} {what}: {WANTED}. {remedy}")
