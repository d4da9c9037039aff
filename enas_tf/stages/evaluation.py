"""A classifier's answers to the test images: told and drawn."""

import math

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
    """The balanced accuracy and a table of the classes; of many, the worst."""
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


def draw(folder: RunFolder, found: ByClass) -> None:
    """The confusions as a picture."""
    place = folder.evaluation
    title = (
        f"Test accuracy {found.accuracy:.4f}, balanced {found.balanced_accuracy:.4f}"
    )
    with disk.refusals(place):
        place.mkdir(parents=True, exist_ok=True)
        plots.draw_confusion(
            found.confusion, found.names, place / layout.CONFUSION, title=title
        )


def _balanced(found: ByClass) -> str:
    return f"Balanced accuracy: {found.balanced_accuracy:.4f} (each class counts alike)"


def _share(share: float) -> str:
    return "-" if math.isnan(share) else f"{share:.4f}"
