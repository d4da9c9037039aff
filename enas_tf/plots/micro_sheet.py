"""How both cells of a micro arc, the headings and the legend share a sheet.

Arithmetic, no drawing; the unit is a row, y falls from 0 at the top edge.
"""

from typing import NamedTuple

from enas_tf.plots import pen
from enas_tf.plots.micro_layout import CellLayout
from enas_tf.spaces import micro
from enas_tf.spaces.micro import MicroArc

HEADING = 0.75  # height of a cell's heading
INSET = 0.5  # between a cell's frame and what is in it
_MARGIN = 0.5
_LEGEND_ROW = 0.85
_LETTER = 0.172  # width of a letter in rows, with some room
_SWATCH = 1.1
_BETWEEN_ITEMS = 0.55
_WANTED_INCHES = (15.0, 12.0)
_LEAST_ROW_INCHES, _LARGEST_ROW_INCHES = 0.36, 0.55
_BESIDE = 1.2  # rows may be so much smaller for the cells to be beside each other
_LEAST_WIDTH = 22.0  # so that headings and legend have a few lines only

# What the legend says besides the names of the ops.
SUM_WORDS = "sum of two ops, numbered as in the arc"
EDGE_WORDS = "an edge has the colour of its source"


class Frame(NamedTuple):
    """A cell's frame: its left top corner and its size."""

    x: float
    y: float
    width: float
    height: float


class Sheet:
    """Places on the picture of one arc."""

    def __init__(self, arc: MicroArc, ops: tuple[str, ...], title: str, words: str):
        """Lays out both cells, side by side or one above the other.

        Args:
          arc: what is drawn; its entries are ints.
          ops: the names of the ops, in id order.
          title: a bold heading, "" for none.
          words: a line or more below it.
        """
        self.cells = [
            CellLayout(cell, halves=name == "reduce")
            for name, cell in zip(micro.CELLS, arc, strict=True)
        ]
        sizes = [
            (cell.width + 2 * INSET, cell.height + 2 * INSET + HEADING)
            for cell in self.cells
        ]
        frames = min(_side_by_side(sizes), _stacked(sizes), key=_reluctance)
        self.inch = min(max(_inch(frames), _LEAST_ROW_INCHES), _LARGEST_ROW_INCHES)
        self.width, below = _extent(frames)
        headings = pen.headings_inches(title, words, self.width * self.inch) / self.inch
        self.frames = [frame._replace(y=frame.y - headings) for frame in frames]
        self.corners = [
            (frame.x + (frame.width - cell.width) / 2, frame.y - HEADING - INSET)
            for cell, frame in zip(self.cells, self.frames, strict=True)
        ]
        self.legend, rows = _legend(ops, self.width, -(below + headings))
        self.height = below + headings + rows * _LEGEND_ROW + _MARGIN


def _side_by_side(sizes: list[tuple[float, float]]) -> list[Frame]:
    widths = _widened([width for width, _ in sizes], len(sizes))
    height = max(height for _, height in sizes)
    xs = [_MARGIN, _MARGIN + widths[0] + _MARGIN]
    return [Frame(x, 0.0, width, height) for x, width in zip(xs, widths, strict=True)]


def _stacked(sizes: list[tuple[float, float]]) -> list[Frame]:
    (width,) = _widened([max(width for width, _ in sizes)], 1)
    ys = [0.0, -(sizes[0][1] + _MARGIN)]
    return [
        Frame(_MARGIN, y, width, height)
        for y, (_, height) in zip(ys, sizes, strict=True)
    ]


def _widened(widths: list[float], columns: int) -> list[float]:
    """`widths`, each larger by as much if all together would be too narrow."""
    missing = _LEAST_WIDTH - sum(widths) - (columns + 1) * _MARGIN
    return [width + max(0.0, missing) / columns for width in widths]


def _extent(frames: list[Frame]) -> tuple[float, float]:
    """Width and height of what the frames cover, with margins right and below."""
    width = max(frame.x + frame.width for frame in frames) + _MARGIN
    return width, max(frame.height - frame.y for frame in frames) + _MARGIN


def _inch(frames: list[Frame]) -> float:
    """How large a row would be if the frames had all the room that is wanted."""
    extent = zip(_WANTED_INCHES, _extent(frames), strict=True)
    return min(wanted / size for wanted, size in extent)


def _reluctance(frames: list[Frame]) -> float:
    """Less for a larger row; frames beside each other are preferred a little."""
    beside = frames[0].y == frames[1].y
    return -_inch(frames) * (_BESIDE if beside else 1.0)


def _legend(
    ops: tuple[str, ...], width: float, top: float
) -> tuple[dict[str, tuple[float, float]], int]:
    """Where each item of the legend begins, and how many rows they are."""
    places, x, row = {}, _MARGIN, 0
    for words in (*ops, SUM_WORDS, EDGE_WORDS):
        length = _SWATCH + _LETTER * len(words)
        if x > _MARGIN and x + length > width - _MARGIN:
            x, row = _MARGIN, row + 1
        places[words] = (x, top - (row + 0.5) * _LEGEND_ROW)
        x += length + _BETWEEN_ITEMS
    return places, row + 1
