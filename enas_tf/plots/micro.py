"""The picture of a micro arc: both cells as graphs, from the inputs down.

A block is a frame with its two ops, which feed their sum; edges have the colour of the
node that they come from, and go round whatever they do not touch. The loose ends run
down into the concatenation.

Lengths are in rows, about the height of a line of boxes.
"""

from typing import Any

from matplotlib import figure as figure_lib

from enas_tf.plots import micro_layout, micro_sheet
from enas_tf.plots import pen as pen_lib
from enas_tf.plots.micro_layout import Block, CellLayout, Way
from enas_tf.plots.pen import Pen
from enas_tf.spaces import base, micro

HEADINGS = dict(normal="Normal cell", reduce="Reduction cell")
INPUTS = ("h[i−2]", "h[i−1]")
OUTPUT = "concatenate → h[i]"
_FRAME, _FIELD = "#f4f4f4", "#fcfcfc"
_HEAD = 0.26


def draw(space: micro.MicroSpace, arc: micro.MicroArc, title: str) -> figure_lib.Figure:
    """A Figure of `arc`, about 1500 pixels wide at 100 dots per inch."""
    words = space.describe(arc)
    sheet = micro_sheet.Sheet(arc, space.ops, title, words)
    pen = Pen(sheet.width, sheet.height, sheet.inch)
    pen.headings(title, words)
    corners = zip(micro.CELLS, sheet.cells, sheet.frames, sheet.corners, strict=True)
    for name, cell, frame, corner in corners:
        _frame(pen, frame, HEADINGS[name])
        _cell(pen.at(*corner), space, cell)
    _legend(pen, space, sheet)
    return pen.figure


def places(
    space: base.SearchSpace[micro.MicroArc], arc: micro.MicroArc, title: str
) -> dict[int, pen_lib.Point]:
    """Where each token's decision stands in the picture of `arc`, in rows."""
    sheet = micro_sheet.Sheet(arc, space.ops, title, space.describe(arc))
    found: dict[int, pen_lib.Point] = {}
    for (x, y), cell in zip(sheet.corners, sheet.cells, strict=True):
        first = len(found)
        for place, (right, up) in _places(cell).items():
            found[first + place] = (x + right, y + up)
    return found


def _places(cell: CellLayout) -> dict[int, pen_lib.Point]:
    """The same of one cell, from its corner: two inputs and two ops a block."""
    found = {}
    below = micro_layout.PAD + pen_lib.BOX_HEIGHT + 0.12
    aside = micro_layout.SPREAD + 0.75
    for block in cell.blocks:
        for side, operand in zip((-1, 1), block.operands, strict=True):
            number, part = divmod(operand, 2)
            first = number * micro.TOKENS_PER_BLOCK + part
            found[first] = (cell.ways[operand].xs[1], block.y + 0.32)
            found[first + 2] = (block.x + side * aside, block.y - below)
    return found


def _frame(pen: Pen, frame: micro_sheet.Frame, heading: str) -> None:
    x, y = frame.x + frame.width / 2, frame.y - frame.height / 2
    style = dict[str, Any](edgecolor=pen_lib.GRID, zorder=0)
    pen.box(x, y, frame.width, frame.height, _FIELD, **style)
    x, y = frame.x + micro_sheet.INSET, frame.y - 0.6
    pen.text(x, y, heading, size=1.25, weight="bold", ha="left")


def _cell(pen: Pen, space: micro.MicroSpace, cell: CellLayout) -> None:
    for way in cell.ways:
        _way(pen, way)
    for node, x in cell.inputs:
        _input(pen, node, x, cell.bottoms[0])
    for block in cell.blocks:
        _block(pen, space, block)
    y = cell.tops[-1] - pen_lib.BOX_HEIGHT / 2
    pen.box(cell.concat_x, y, cell.concat_width, pen_lib.BOX_HEIGHT, pen_lib.PALE)
    pen.text(cell.concat_x, y, OUTPUT, zorder=5)


def _way(pen: Pen, way: Way) -> None:
    first, last = way.xs
    start, bend, straight, end = way.ys
    middle = (bend + straight) / 2
    corners = [(first, bend), (first, middle), (last, middle), (last, straight)]
    colour = pen_lib.source_colour(way.source)
    pen.curve(
        corners,
        before=[(first, start)],
        after=[(last, end)],
        edgecolor=colour,
        linewidth=1.5,
        zorder=2,
    )
    if way.arrives:
        pen.head(last, end, 0, -1, _HEAD, colour=colour)


def _input(pen: Pen, node: int, x: float, bottom: float) -> None:
    y = -pen_lib.BOX_HEIGHT / 2
    pen.box(x, y, micro_layout.INPUT_WIDTH, pen_lib.BOX_HEIGHT, pen_lib.PALE)
    colour = pen_lib.source_colour(node)
    pen.text(x - 1.0, y, str(node), weight="bold", color=colour, zorder=5)
    pen.text(x + 0.25, y, INPUTS[node], zorder=5)
    if bottom < -pen_lib.BOX_HEIGHT:
        pen.halving(x, bottom + 0.24, micro_layout.INPUT_WIDTH)


def _block(pen: Pen, space: micro.MicroSpace, block: Block) -> None:
    height, width = micro_layout.BLOCK_HEIGHT, micro_layout.BLOCK_WIDTH
    style = dict[str, Any](edgecolor=pen_lib.GRID, zorder=1)
    pen.box(block.x, block.y - height / 2, width, height, _FRAME, **style)
    y = block.y - micro_layout.PAD - pen_lib.BOX_HEIGHT / 2
    radius = micro_layout.SUM_RADIUS
    sum_y = block.y - height + micro_layout.PAD + radius
    for side, op in zip((-1, 1), block.ops, strict=True):
        x = block.x + side * micro_layout.SPREAD
        name, box = space.ops[op], (micro_layout.OP_WIDTH, pen_lib.BOX_HEIGHT)
        pen.box(x, y, *box, space.colour(name))
        pen.text(x, y, name, size=pen_lib.fitting(name, box[0]), zorder=5)
        below = y - pen_lib.BOX_HEIGHT / 2
        pen.line([x, x, block.x], [below, sum_y, sum_y], zorder=2)
        pen.head(block.x + side * radius, sum_y, -side, 0, 0.2)
    pen.number(block.x, sum_y, radius, block.node)


def _legend(pen: Pen, space: micro.MicroSpace, sheet: micro_sheet.Sheet) -> None:
    for words, (x, y) in sheet.legend.items():
        if words in space.ops:
            pen.box(x + 0.45, y, 0.9, 0.5, space.colour(words))
        elif words == micro_sheet.SUM_WORDS:
            pen.number(x + 0.45, y, 0.33, 2)
        else:
            colour = pen_lib.source_colour(1)
            pen.line([x, x + 0.7], [y, y], color=colour, linewidth=1.5)
            pen.head(x + 0.9, y, 1, 0, _HEAD, colour=colour)
        pen.text(x + 1.1, y, words, ha="left")
