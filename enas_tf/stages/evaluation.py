"""A classifier's answers to the test images: told, drawn and written."""

import json
import math
from collections.abc import Iterable, Iterator

import numpy as np

from enas_tf import plots
from enas_tf.run import disk, layout
from enas_tf.run import lines as lines_lib
from enas_tf.run.folder import RunFolder
from enas_tf.run.report import Report
from enas_tf.training.by_class import ByClass

MOST_ROWS = 20  # classes, up to which a row of the table is for each
WORST = 10  # how many have one otherwise
WIDEST = 32  # letters of a name


def report_accuracy(report: Report, found: ByClass) -> None:
    """The test accuracy, with the balanced one where classes are of unequal size."""
    report.message(f"Test accuracy: {found.accuracy:.4f}")
    if found.unbalanced:
        report.message(_balanced(found))


def report_classes(report: Report, found: ByClass) -> None:
    """The same, always, and a table of the classes; of many, the worst."""
    report.message(f"Test accuracy: {found.accuracy:.4f}")
    for line in [_balanced(found), *table(found)]:
        report.message(line)


def table(found: ByClass) -> list[str]:
    """Its lines: the classes' test images, precision and recall."""
    count = len(found.names)
    rows, head = list(range(count)), "class"
    if count > MOST_ROWS:
        rows, head = found.worst(WORST), f"worst {WORST} of {count} classes"
    short = lines_lib.distinct(found.names, WIDEST)
    names = [short[row] for row in rows]
    width = max(len(head), *map(len, names))
    lines = [f"{head:{width}}  images  precision  recall"]
    for row, name in zip(rows, names, strict=True):
        shares = _share(found.precision[row]), _share(found.recall[row])
        lines.append(
            f"{name:{width}}  {found.images[row]:6d}  {shares[0]:>9}  {shares[1]:>6}"
        )
    return lines + _dashes(found, rows)


def _dashes(found: ByClass, rows: list[int]) -> list[str]:
    """The meaning of a dash in one of `rows`."""
    lines = []
    if np.isnan(found.precision[rows]).any():
        lines.append("precision -: the class was never answered")
    if np.isnan(found.recall[rows]).any():
        lines.append("recall -: the class has no test images")
    return lines


def write(folder: RunFolder, found: ByClass) -> None:
    """The numbers as JSON and the confusions as a picture."""
    place = folder.evaluation
    disk.write_text(place / layout.BY_CLASS, as_json(found))
    title = (
        f"Test accuracy {found.accuracy:.4f}, balanced {found.balanced_accuracy:.4f}"
    )
    with disk.refusals(place):
        plots.draw_confusion(
            found.confusion, found.names, place / layout.CONFUSION, title=title
        )


def as_json(found: ByClass) -> str:
    """All numbers; a line for each class and for each row of the confusions."""
    facts = dict(
        test_accuracy=json.dumps(found.accuracy),
        balanced_accuracy=json.dumps(found.balanced_accuracy),
        classes=_lines(_classes(found)),
        confusion=_lines(found.confusion.tolist()),
    )
    items = ",\n".join(f'"{name}": {text}' for name, text in facts.items())
    return f"{{\n{items}\n}}\n"


def _balanced(found: ByClass) -> str:
    return f"Balanced accuracy: {found.balanced_accuracy:.4f} (each class counts alike)"


def _classes(found: ByClass) -> Iterator[dict]:
    shares = zip(found.precision.tolist(), found.recall.tolist(), strict=True)
    rows = zip(found.names, found.images.tolist(), shares, strict=True)
    for number, (name, images, (precision, recall)) in enumerate(rows):
        yield dict(
            number=number,
            name=name,
            images=images,
            precision=None if math.isnan(precision) else precision,
            recall=None if math.isnan(recall) else recall,
        )


def _lines(rows: Iterable[list[int] | dict]) -> str:
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"


def _share(share: float) -> str:
    return "-" if math.isnan(share) else f"{share:.4f}"
