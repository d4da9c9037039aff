"""The picture of a macro arc: a column of layers between two views of its skips.

Left of the column every skip is an arc, from which the overall pattern is seen; right
of it every skip is a cell in the row of the layer that it enters and the column of its
source, from which a single one is read off even among a hundred.

Lengths are in rows: a layer is one row high, a cell one row wide.
"""

import numpy as np
from matplotlib import figure as figure_lib
from matplotlib import patches
from matplotlib.path import Path

from enas_tf.plots import layout as layout_lib
from enas_tf.spaces import macro

# Kernel size is the shade and kind of op the hue.
OP_COLOURS = {
    "conv3x3": "#a9cbe8",
    "sepconv3x3": "#b5dfae",
    "conv5x5": "#5f9ccf",
    "sepconv5x5": "#6cb865",
    "avgpool3x3": "#fcdba6",
    "maxpool3x3": "#f5b04d",
}
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
)
_INK, _PALE, _GRID = "#333333", "#eeeeee", "#dddddd"
_BOX_HEIGHT = 0.72
_FONT = 0.31  # height of ordinary letters, in rows


def draw(space: macro.MacroSpace, arc: macro.MacroArc, title: str) -> figure_lib.Figure:
    """A Figure of `arc`, about 1500 pixels wide at 100 dots per inch."""
    place = layout_lib.Layout(space.num_layers, len(space.ops))
    figure = figure_lib.Figure(figsize=(place.width * place.inch, place.height_inches))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, place.width)
    axes.set_ylim(-place.height, 0)
    axes.axis("off")
    pen = _Pen(axes, place)
    _headings(pen, title, space.describe(arc))
    _pools(pen)
    _column(pen, space, arc)
    for layer, row in enumerate(arc.skips):
        _skips(pen, layer, row)
        _cells(pen, layer, row)
    _legend(pen, space, arc)
    return figure


class _Pen:
    """Draws the few shapes that the picture is made of."""

    def __init__(self, axes, place: layout_lib.Layout):
        self.axes = axes
        self.place = place

    def text(
        self, x: float, y: float, text: str, *, size: float = 1.0, **style
    ) -> None:
        """`text` at (x, y), `size` times the ordinary letters."""
        style = {"va": "center", "ha": "center", "color": _INK} | style
        points = size * _FONT * self.place.inch * 72
        self.axes.text(x, y, text, fontsize=points, **style)

    def box(self, x, y, width, height, colour, *, rounding=0.12, edge=_INK) -> None:
        """A rounded box centred on (x, y)."""
        shape = patches.FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle=f"round,pad=0,rounding_size={rounding}",
            facecolor=colour,
            edgecolor=edge,
            linewidth=0.8,
            zorder=3,
        )
        self.axes.add_patch(shape)

    def line(self, xs, ys, **style) -> None:
        """A straight line."""
        self.axes.plot(xs, ys, **({"color": _INK, "linewidth": 1.0} | style))

    def head(self, x: float, y: float, dx: float, dy: float, size: float) -> None:
        """An arrow head whose tip is at (x, y) and which points along (dx, dy)."""
        back = np.array([x - dx * size, y - dy * size])
        side = np.array([-dy, dx]) * size * 0.5
        corners = [(x, y), tuple(back + side), tuple(back - side)]
        self.axes.add_patch(patches.Polygon(corners, color=_INK, linewidth=0, zorder=4))


def _headings(pen: _Pen, title: str, description: str) -> None:
    inch = pen.place.inch
    style = dict(ha="left", va="center", color=_INK)
    if title:
        pen.axes.text(
            0.3 / inch, -0.35 / inch, title, fontsize=15, weight="bold", **style
        )
    below = -0.7 if title else -0.45
    pen.axes.text(0.3 / inch, below / inch, description, fontsize=11, **style)


def _pools(pen: _Pen) -> None:
    place = pen.place
    for layer, y in zip(place.pools, place.pool_ys, strict=True):
        pen.line(
            [0.3, place.cell_x(layer + 1)],
            [y, y],
            linestyle=(0, (4, 4)),
            color="#999999",
            zorder=0,
        )
        low, high = y - 0.24, y + 0.24
        x, wide, narrow = place.column_x, 1.9, 1.2
        corners = [(x - wide, high), (x + wide, high), (x + narrow, low)]
        corners.append((x - narrow, low))
        pen.axes.add_patch(
            patches.Polygon(corners, facecolor="#666666", linewidth=0, zorder=3)
        )
        pen.text(x, y, "half the size", size=0.85, color="white", zorder=5)


def _column(pen: _Pen, space: macro.MacroSpace, arc: macro.MacroArc) -> None:
    place = pen.place
    x, width = place.column_x, layout_lib.BOX_WIDTH
    _chain(pen)
    pen.box(x, place.stem_y, width, _BOX_HEIGHT, _PALE)
    pen.text(x, place.stem_y, "stem (conv 3x3)", zorder=5)
    for layer, op in enumerate(arc.ops):
        name, y = space.ops[op], place.layer_ys[layer]
        pen.box(x, y, width, _BOX_HEIGHT, OP_COLOURS[name])
        pen.text(x - width / 2 + 0.42, y, str(layer), weight="bold", zorder=5)
        pen.text(x + 0.2, y, name, zorder=5)
    pen.box(x, place.classifier_y, width, _BOX_HEIGHT, _PALE)
    pen.text(x, place.classifier_y, "mean, classifier", zorder=5)


def _chain(pen: _Pen) -> None:
    """The plain chain: arrows from each box of the column to the next."""
    place = pen.place
    boxes = [(place.stem_y, _BOX_HEIGHT), (place.classifier_y, _BOX_HEIGHT)]
    boxes += [(y, _BOX_HEIGHT) for y in place.layer_ys]
    boxes += [(y, 0.48) for y in place.pool_ys]
    boxes.sort(reverse=True)
    for (above, height), (below, next_height) in zip(boxes, boxes[1:], strict=False):
        top, tip = above - height / 2, below + next_height / 2
        pen.line([place.column_x] * 2, [top, tip], zorder=2)
        pen.head(place.column_x, tip, 0, -1, 0.16)


def _skips(pen: _Pen, layer: int, row: tuple[int, ...]) -> None:
    """The arcs that enter `layer`, each from the left edge of its source."""
    place = pen.place
    edge = place.column_x - layout_lib.BOX_WIDTH / 2
    end = place.layer_ys[layer] + 0.15
    for source, bit in enumerate(row):
        if not bit:
            continue
        start = place.source_y(source) - 0.15
        bow = place.bow(layer - source) * 4 / 3  # a cubic reaches 3/4 of its controls
        corners = [(edge, start), (edge - bow, start), (edge - bow, end), (edge, end)]
        path = Path(corners, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
        colour = _source_colour(source)
        pen.axes.add_patch(
            patches.PathPatch(path, fill=False, edgecolor=colour, linewidth=1.3)
        )
        pen.axes.plot([edge], [start], "o", color=colour, markersize=3.5, zorder=4)
    if any(row):
        pen.head(edge, end, 1, 0, 0.22)


def _cells(pen: _Pen, layer: int, row: tuple[int, ...]) -> None:
    """The row of the matrix beside `layer`; it ends with the layer's plain input."""
    y = pen.place.layer_ys[layer]
    for source, bit in enumerate(row):
        x = pen.place.cell_x(source)
        pen.box(x, y, 0.86, 0.86, "white", rounding=0.05, edge=_GRID)
        if bit:
            colour = _source_colour(source)
            pen.box(x, y, 0.7, 0.7, colour, rounding=0.05, edge=colour)
    name = "stem" if layer == 0 else str(layer - 1)
    x = pen.place.cell_x(layer)
    pen.text(x, y, name, weight="bold", color=_source_colour(layer), zorder=5)


def _legend(pen: _Pen, space: macro.MacroSpace, arc: macro.MacroArc) -> None:
    """What the colours and the matrix mean, in the corner that the matrix leaves."""
    x, y = pen.place.legend_x, pen.place.stem_y
    for op, name in enumerate(space.ops):
        pen.box(x + 0.45, y, 0.9, 0.5, OP_COLOURS[name])
        pen.text(x + 1.2, y, f"{name}  × {list(arc.ops).count(op)}", ha="left")
        y -= 0.72
    pen.box(x + 0.45, y - 0.1, 0.5, 0.5, SOURCE_COLOURS[1], rounding=0.05)
    pen.text(x + 1.2, y - 0.1, "skip, coloured by source", ha="left")
    pen.text(x + 0.45, y - 0.82, "7", weight="bold", color=SOURCE_COLOURS[0])
    pen.text(x + 1.2, y - 0.82, "direct input of its row,", ha="left")
    pen.text(x + 1.2, y - 1.3, "source of its column", ha="left")


def _source_colour(source: int) -> str:
    return SOURCE_COLOURS[source % len(SOURCE_COLOURS)]
