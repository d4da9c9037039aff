"""The picture of a macro arc: a column of layers between two views of its skips.

Left of the column every skip is an arc, from which the overall pattern is seen; right
of it every skip is a cell in the row of the layer that it enters and the column of its
source, from which a single one is read off even among a hundred.

Lengths are in rows: a layer is one row high, a cell one row wide.
"""

from matplotlib import figure as figure_lib

from enas_tf.plots import macro_layout
from enas_tf.plots import pen as pen_lib
from enas_tf.plots.macro_layout import Layout
from enas_tf.plots.pen import Pen
from enas_tf.spaces import base, macro


def draw(space: macro.MacroSpace, arc: macro.MacroArc, title: str) -> figure_lib.Figure:
    """A Figure of `arc`, about 1500 pixels wide at 100 dots per inch."""
    place = Layout(space.num_layers, len(space.ops))
    pen = Pen(place.width, place.height, place.inch)
    pen.headings(title, space.describe(arc))
    _pools(pen, place)
    _column(pen, place, space, arc)
    for layer, row in enumerate(arc.skips):
        _skips(pen, place, layer, row)
        _cells(pen, place, layer, row)
    _legend(pen, place, space, arc)
    return pen.figure


def places(
    space: base.SearchSpace[macro.MacroArc], arc: macro.MacroArc
) -> dict[int, pen_lib.Point]:
    """Where each token's decision stands in the picture of `arc`, in rows."""
    place = Layout(len(arc.ops), len(space.ops))
    edge = place.column_x + macro_layout.BOX_WIDTH / 2
    found = {}
    for layer, y in enumerate(place.layer_ys):
        first = macro.layer_start(layer)
        found[first] = (edge + macro_layout.TAG / 2, y)
        for source in range(layer):
            found[first + 1 + source] = (place.cell_x(source), y)
    return found


def _pools(pen: Pen, place: Layout) -> None:
    for layer, y in zip(place.pools, place.pool_ys, strict=True):
        pen.line(
            [0.3, place.cell_x(layer + 1)],
            [y, y],
            linestyle=(0, (4, 4)),
            color="#999999",
            zorder=0,
        )
        pen.halving(place.column_x, y, 3.8)


def _column(
    pen: Pen, place: Layout, space: macro.MacroSpace, arc: macro.MacroArc
) -> None:
    x, width = place.column_x, macro_layout.BOX_WIDTH
    _chain(pen, place)
    pen.box(x, place.stem_y, width, pen_lib.BOX_HEIGHT, pen_lib.PALE)
    pen.text(x, place.stem_y, "stem (conv 3x3)", zorder=5)
    for layer, op in enumerate(arc.ops):
        name, y = space.ops[op], place.layer_ys[layer]
        pen.box(x, y, width, pen_lib.BOX_HEIGHT, space.colour(name))
        pen.text(x - width / 2 + 0.42, y, str(layer), weight="bold", zorder=5)
        size = pen_lib.fitting(name, width - 2 * 0.7)  # beside the number
        pen.text(x + 0.2, y, name, size=size, zorder=5)
    pen.box(x, place.classifier_y, width, pen_lib.BOX_HEIGHT, pen_lib.PALE)
    pen.text(x, place.classifier_y, "mean, classifier", zorder=5)


def _chain(pen: Pen, place: Layout) -> None:
    """The plain chain: arrows from each box of the column to the next."""
    boxes = [
        (place.stem_y, pen_lib.BOX_HEIGHT),
        (place.classifier_y, pen_lib.BOX_HEIGHT),
    ]
    boxes += [(y, pen_lib.BOX_HEIGHT) for y in place.layer_ys]
    boxes += [(y, 0.48) for y in place.pool_ys]
    boxes.sort(reverse=True)
    for (above, height), (below, next_height) in zip(boxes, boxes[1:], strict=False):
        top, tip = above - height / 2, below + next_height / 2
        pen.line([place.column_x] * 2, [top, tip], zorder=2)
        pen.head(place.column_x, tip, 0, -1, 0.16)


def _skips(pen: Pen, place: Layout, layer: int, row: tuple[int, ...]) -> None:
    """The arcs that enter `layer`, each from the left edge of its source."""
    edge = place.column_x - macro_layout.BOX_WIDTH / 2
    end = place.layer_ys[layer] + 0.15
    for source, bit in enumerate(row):
        if not bit:
            continue
        start = place.source_y(source) - 0.15
        bow = place.bow(layer - source) * 4 / 3  # a cubic reaches 3/4 of its controls
        corners = [(edge, start), (edge - bow, start), (edge - bow, end), (edge, end)]
        colour = pen_lib.source_colour(source)
        pen.curve(corners, edgecolor=colour, linewidth=1.3)
        pen.line([edge], [start], marker="o", color=colour, markersize=3.5, zorder=4)
    if any(row):
        pen.head(edge, end, 1, 0, 0.22)


def _cells(pen: Pen, place: Layout, layer: int, row: tuple[int, ...]) -> None:
    """The row of the matrix beside `layer`; it ends with the layer's plain input."""
    y = place.layer_ys[layer]
    for source, bit in enumerate(row):
        x = place.cell_x(source)
        pen.box(x, y, 0.86, 0.86, "white", rounding=0.05, edgecolor=pen_lib.GRID)
        if bit:
            colour = pen_lib.source_colour(source)
            pen.box(x, y, 0.7, 0.7, colour, rounding=0.05, edgecolor=colour)
    name = "stem" if layer == 0 else str(layer - 1)
    x = place.cell_x(layer)
    pen.text(x, y, name, weight="bold", color=pen_lib.source_colour(layer), zorder=5)


def _legend(
    pen: Pen, place: Layout, space: macro.MacroSpace, arc: macro.MacroArc
) -> None:
    """The meaning of colours and matrix, in the corner that the matrix leaves."""
    x, y = place.legend_x, place.stem_y
    for op, name in enumerate(space.ops):
        pen.box(x + 0.45, y, 0.9, 0.5, space.colour(name))
        pen.text(x + 1.2, y, f"{name}  × {list(arc.ops).count(op)}", ha="left")
        y -= 0.72
    pen.box(x + 0.45, y - 0.1, 0.5, 0.5, pen_lib.SOURCE_COLOURS[1], rounding=0.05)
    pen.text(x + 1.2, y - 0.1, "skip, coloured by source", ha="left")
    pen.text(x + 0.45, y - 0.82, "7", weight="bold", color=pen_lib.SOURCE_COLOURS[0])
    pen.text(x + 1.2, y - 0.82, "direct input of its row,", ha="left")
    pen.text(x + 1.2, y - 1.3, "source of its column", ha="left")
