"""The means of every picture of an arc: a sheet, a few shapes, source colours.

Lengths are in rows, the height of a line of boxes; y falls from 0 at the top edge. A
sheet says how many inches a row has, so that letters and shapes keep their proportion.
"""

import copy
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import figure as figure_lib
from matplotlib import patches, transforms
from matplotlib.path import Path

# Neighbouring sources get colours that are easily told apart.
SOURCE_COLOURS = (
    "#444444",
    "#c2185b",
    "#1565c0",
    "#e65100",
    "#2e7d32",
    "#6a1b9a",
    "#00838f",
    "#8d6e00",
    "#689f38",
    "#ec407a",
    "#039be5",
    "#d99000",
    "#9575cd",
    "#607d8b",
)
INK, PALE, GRID = "#333333", "#eeeeee", "#dddddd"
BOX_HEIGHT = 0.72
Point = tuple[float, float]

_FONT = 0.31  # height of ordinary letters, in rows
_LETTER = 0.172  # their width on average, with some room
_TITLE_POINTS, _WORDS_POINTS = 15, 11
_WORDS_INCHES = 0.25  # from line to line of a description
_LETTER_INCHES = 0.092  # width of a description's letter on average, with some room
_MARGIN_INCHES = 0.3


class Pen:
    """Draws the few shapes that pictures are made of, on a sheet of its own."""

    def __init__(self, width: float, height: float, inch: float):
        """A pen on an empty sheet.

        Args:
          width: of the sheet, in rows.
          height: the same.
          inch: how many inches a row has.
        """
        self.inch = inch
        self.figure = figure_lib.Figure(figsize=(width * inch, height * inch))
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(-height, 0)
        self.axes.axis("off")
        self._place = self.axes.transData

    def at(self, x: float, y: float) -> "Pen":
        """A pen on the same sheet whose (0, 0) is at (x, y)."""
        other = copy.copy(self)
        other._place = transforms.Affine2D().translate(x, y) + self._place
        return other

    def text(
        self, x: float, y: float, text: str, *, size: float = 1.0, **style: Any
    ) -> None:
        """`text` at (x, y), `size` times the ordinary letters."""
        centred = dict[str, Any](va="center", ha="center", transform=self._place)
        points = size * _FONT * self.inch * 72
        style = {**centred, "color": INK, **style}
        self.axes.text(x, y, text, fontsize=points, **style)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        colour: str,
        *,
        rounding: float = 0.12,
        **style: Any,
    ) -> None:
        """A rounded box centred on (x, y)."""
        style = {"edgecolor": INK, "linewidth": 0.8, "zorder": 3, **style}
        shape = patches.FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle=f"round,pad=0,rounding_size={rounding}",
            facecolor=colour,
            **style,
        )
        self._add(shape)

    def number(self, x: float, y: float, radius: float, number: int) -> None:
        """A disc in the colour of the source of that number, and the number in it."""
        colour = source_colour(number)
        self._add(patches.Circle((x, y), radius, color=colour, linewidth=0, zorder=4))
        self.text(x, y, str(number), weight="bold", color="white", zorder=5)

    def line(self, xs: Sequence[float], ys: Sequence[float], **style: Any) -> None:
        """A straight line."""
        style = {"color": INK, "linewidth": 1.0, "transform": self._place, **style}
        self.axes.plot(xs, ys, **style)

    def curve(
        self,
        corners: list[Point],
        *,
        before: Sequence[Point] = (),
        after: Sequence[Point] = (),
        **style: Any,
    ) -> None:
        """A cubic curve over four corners, from the first one to the last one.

        Args:
          corners: the four of them.
          before: points from which straight lines lead to the first one.
          after: points to which straight lines lead from the last one.
          **style: of the line.
        """
        points = [*before, *corners, *after]
        codes = [Path.LINETO] * len(points)
        codes[len(before) + 1 : len(before) + 4] = [Path.CURVE4] * 3
        codes[0] = Path.MOVETO
        self._add(patches.PathPatch(Path(points, codes), fill=False, **style))

    def head(
        self,
        x: float,
        y: float,
        dx: float,
        dy: float,
        size: float,
        *,
        colour: str = INK,
    ) -> None:
        """An arrow head whose tip is at (x, y) and which points along (dx, dy)."""
        back = np.array([x - dx * size, y - dy * size])
        side = np.array([-dy, dx]) * size * 0.5
        self._filled([(x, y), tuple(back + side), tuple(back - side)], colour, 4)

    def halving(self, x: float, y: float, width: float) -> None:
        """The funnel that stands where everything is halved, centred on (x, y)."""
        wide, narrow, high, low = width / 2, width / 2 - 0.7, y + 0.24, y - 0.24
        corners = [(x - wide, high), (x + wide, high), (x + narrow, low)]
        self._filled([*corners, (x - narrow, low)], "#666666", 3)
        self.text(x, y, "half the size", size=0.85, color="white", zorder=5)

    def headings(self, title: str, description: str) -> None:
        """A bold title, if any, and the description in as many lines as it takes."""
        x, y = _MARGIN_INCHES / self.inch, -_title_inches(title)
        style = dict[str, Any](ha="left", va="center", color=INK)
        if title:
            self.axes.text(
                x,
                -0.35 / self.inch,
                title,
                fontsize=_TITLE_POINTS,
                weight="bold",
                **style,
            )
        for line in _wrapped(description, self.figure.get_figwidth()):
            self.axes.text(x, y / self.inch, line, fontsize=_WORDS_POINTS, **style)
            y -= _WORDS_INCHES

    def _filled(self, corners: list[Point], colour: str, zorder: float) -> None:
        self._add(patches.Polygon(corners, color=colour, linewidth=0, zorder=zorder))

    def _add(self, shape: patches.Patch) -> None:
        shape.set_transform(self._place)
        self.axes.add_patch(shape)


def fitting(words: str, width: float) -> float:
    """How large letters may be for `words` in so many rows; 1: as large as usual."""
    return min(1.0, 0.85 * width / (_LETTER * len(words)))


def source_colour(source: int) -> str:
    """The colour of what comes from node or layer `source`."""
    return SOURCE_COLOURS[source % len(SOURCE_COLOURS)]


def headings_inches(title: str, description: str, width_inches: float) -> float:
    """The height that `Pen.headings` takes, with some room below."""
    lines = len(_wrapped(description, width_inches))
    return _title_inches(title) + lines * _WORDS_INCHES + 0.05


def _title_inches(title: str) -> float:
    """How far below the top edge the first line of the description stands."""
    return 0.7 if title else 0.45


def _wrapped(description: str, width_inches: float) -> list[str]:
    """In as many lines as it takes; if several, then one or more for each clause."""
    letters = max(20, int((width_inches - 2 * _MARGIN_INCHES) / _LETTER_INCHES))
    if len(description) <= letters:
        return [description]
    clauses = description.replace("; ", ";\n").splitlines()
    return [line for clause in clauses for line in textwrap.wrap(clause, letters)]
