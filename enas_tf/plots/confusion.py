"""The confusions of a classifier: the table of each class's answers as a picture."""

from collections.abc import Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib import colors, font_manager
from matplotlib import figure as figure_lib
from matplotlib.axes import Axes

from enas_tf.plots import pen
from enas_tf.run import layout, lines

MOST_NUMBERS = 20  # classes, up to which a cell has its number of images
MOST_NAMES = 120  # classes, up to which every one is named
LONGEST = 24  # letters of a name
NUMBERED = f"\n(number): see {layout.BY_CLASS}"
_TITLE_INCHES = 0.5
_DARK = 0.4  # share from which letters on a cell are white
_LETTER_INCHES = 0.08
_MANY_INCHES = 14.0  # a side where classes are too many to be named


def draw(confusion: np.ndarray, names: Sequence[str], title: str) -> figure_lib.Figure:
    """Rows are classes, columns answers; colour is the share of the class.

    Args:
      confusion: [V, V], how many images of the row's class got the column's answer.
      names: of the classes.
      title: a line.
    """
    shown = _written(names)
    side = _side(shown)
    size = (side + 0.8, side + _TITLE_INCHES)
    figure = figure_lib.Figure(figsize=size, layout="constrained")
    axes = figure.add_subplot()
    shares = _shares(confusion)
    hues = matplotlib.colormaps["Blues"].with_extremes(bad=pen.PALE)
    # By the root, so that the few images of a frequent mistake are seen.
    norm = colors.PowerNorm(0.5, 0.0, 1.0)
    image = axes.imshow(shares, cmap=hues, norm=norm, interpolation="nearest")
    words = "share of the class"
    figure.colorbar(image, ax=axes, label=words, shrink=0.6, aspect=25, pad=0.02)
    _name(axes, shown)
    if len(names) <= MOST_NUMBERS:
        _number(axes, confusion, shares.filled(0.0))
    has_numbers = any(f"({n})" == name for n, name in enumerate(shown))
    if has_numbers and len(names) <= MOST_NAMES:
        title += NUMBERED
    axes.set_title(title, parse_math=False)
    axes.set_xlabel("answer")
    axes.set_ylabel("class")
    return figure


def _shares(confusion: np.ndarray) -> np.ma.MaskedArray:
    """[V, V]: of a class, how much each answer has; masked where it has no images."""
    totals = confusion.sum(axis=1, keepdims=True)
    return np.ma.masked_invalid(confusion / np.where(totals, totals, np.nan))


def _side(names: Sequence[str]) -> float:
    """Of the sheet, in inches: room for the cells and the names beside them."""
    count = len(names)
    if count > MOST_NAMES:
        return _MANY_INCHES
    cell = 0.55 if count <= MOST_NUMBERS else 0.16
    return max(2.5, cell * count) + 1.2 + _LETTER_INCHES * max(map(len, names))


def _name(axes: Axes, names: Sequence[str]) -> None:
    """Every class by its name; where there are too many, matplotlib's own numbers."""
    few = len(names) <= MOST_NUMBERS
    if len(names) > MOST_NAMES:
        return
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(range(len(names)), names, fontsize=9 if few else 7)
        for label in axis.get_ticklabels():
            label.set_parse_math(False)  # a $ is a letter
    if not few or max(map(len, names)) > 3:
        axes.tick_params(axis="x", labelrotation=90)


def _number(axes: Axes, confusion: np.ndarray, shares: np.ndarray) -> None:
    for (row, column), images in np.ndenumerate(confusion):
        colour = "white" if shares[row, column] > _DARK else pen.INK
        style = dict[str, Any](ha="center", va="center", fontsize=9, color=colour)
        if images:
            axes.text(column, row, str(images), **style)


def _written(names: Sequence[str]) -> list[str]:
    """Names as they are shown: `(3)` for one in letters that the font does not have."""
    font = font_manager.get_font(font_manager.findfont(font_manager.FontProperties()))
    known = font.get_charmap()
    return [
        name if all(ord(letter) in known for letter in name) else f"({number})"
        for number, name in enumerate(lines.distinct(names, LONGEST))
    ]
