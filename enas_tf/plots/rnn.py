"""The picture of a recurrent cell: a graph from its inputs down, as in the paper.

A node is a box with its number and its function; what no node reads runs down into the
average. Reference: paper, figure 6. Lengths are in rows.
"""

from typing import NamedTuple, cast

from matplotlib import figure as figure_lib

from enas_tf.plots import layered
from enas_tf.plots import pen as pen_lib
from enas_tf.plots.pen import Pen
from enas_tf.spaces import base, rnn

INPUTS = ("x[t]", "h[t−1]")
OUTPUT = "average → h[t]"
FIRST = "tanh"  # the function of node 0, which is not searched
_NODE_WIDTH, _INPUT_WIDTH, _PASS_WIDTH, _OUTPUT_WIDTH = 2.9, 2.2, 0.3, 4.6
_INPUT_SPREAD = 1.5  # of the two inputs about the middle of node 0
_LAYER = 2.0  # from layer to layer
_SIDE, _BELOW = 0.8, 0.8
_LEAST_WIDTH, _INCH = 16.0, 0.5
_HEAD = 0.26


class End(NamedTuple):
    """Where the way from the loose end `node` passes through `layer`."""

    node: int
    layer: int


def _number(node: layered.Node) -> int:
    """The number of the node that `node` is or whose way it is on."""
    return node.node if isinstance(node, End) else cast(int, node)


class Sheet(NamedTuple):
    """Where everything stands.

    Attributes:
      layout: of the nodes, across.
      edges: between them.
      width: of the sheet, in rows.
      height: the same.
      corner: of the cell on it.
    """

    layout: layered.Layout
    edges: list[layered.Edge]
    width: float
    height: float
    corner: pen_lib.Point


def draw(space: rnn.RnnSpace, arc: rnn.RnnArc, title: str) -> figure_lib.Figure:
    """A Figure of `arc`."""
    sheet = _sheet(space, arc, title)
    layout = sheet.layout
    pen = Pen(sheet.width, sheet.height, _INCH)
    pen.headings(title, space.describe(arc))
    cell = pen.at(*sheet.corner)
    _inputs(cell, layout.xs[0])
    _edges(cell, layout, sheet.edges)
    for depth, layer in enumerate(layout.layers):
        for node in layer:
            if not isinstance(node, End):
                number = _number(node)
                op = FIRST if number == 0 else space.ops[arc.ops[number - 1]]
                at = layout.xs[node], _y(depth)
                _node(cell, *at, number, op, space.colour(op))
    ends = layout.layers[-1]
    _average(cell, [layout.xs[end] for end in ends], _y(len(layout.layers) - 1))
    return pen.figure


def places(
    space: base.SearchSpace[rnn.RnnArc], arc: rnn.RnnArc, title: str
) -> dict[int, pen_lib.Point]:
    """Where each token's decision stands in the picture of `arc`, in rows."""
    sheet = _sheet(space, arc, title)
    found = {}
    for depth, layer in enumerate(sheet.layout.layers):
        for node in layer:
            if isinstance(node, End) or not _number(node):
                continue
            first = (_number(node) - 1) * rnn.TOKENS_PER_NODE
            x, y = sheet.corner[0] + sheet.layout.xs[node], sheet.corner[1] + _y(depth)
            found[first] = (x, y + pen_lib.BOX_HEIGHT / 2 + 0.35)
            found[first + 1] = (x + 1.05, y - pen_lib.BOX_HEIGHT / 2 - 0.05)
    return found


def _sheet(space: base.SearchSpace[rnn.RnnArc], arc: rnn.RnnArc, title: str) -> Sheet:
    layers, edges = graph_of(arc)
    nodes = [node for layer in layers for node in layer]
    widths = {n: _PASS_WIDTH if isinstance(n, End) else _NODE_WIDTH for n in nodes}
    layout = layered.laid_out(layered.Graph(layers, widths, edges, 0.0))
    left = min(layout.xs[n] - widths[n] / 2 for n in nodes)
    right = max(layout.xs[n] + widths[n] / 2 for n in nodes)
    left = min(left, layout.xs[0] - _INPUT_SPREAD - _INPUT_WIDTH / 2)
    right = max(right, layout.xs[0] + _INPUT_SPREAD + _INPUT_WIDTH / 2)
    width = max(_LEAST_WIDTH, right - left + 2 * _SIDE)
    words = space.describe(arc)
    top = pen_lib.headings_inches(title, words, width * _INCH) / _INCH + 0.6
    height = top + len(layers) * _LAYER + _BELOW
    corner = (width - left - right) / 2, -top
    return Sheet(layout, edges, width, height, corner)


def graph_of(arc: rnn.RnnArc) -> tuple[layered.Layers, list[layered.Edge]]:
    """The nodes by depth and the edges between neighbouring layers.

    The last layer is of the ends, in which the loose ends' ways arrive.
    """
    depths = [0]
    for read in arc.inputs:
        depths.append(depths[read] + 1)
    last = max(depths) + 1
    layers: layered.Layers = [[] for _ in range(last + 1)]
    for node, depth in enumerate(depths):
        layers[depth].append(node)
    edges = [layered.Edge(read, n) for n, read in enumerate(arc.inputs, start=1)]
    for node in rnn.loose_ends(arc):
        above: layered.Node = node
        for depth in range(depths[node] + 1, last + 1):
            end = End(node, depth)
            layers[depth].append(end)
            edges.append(layered.Edge(above, end, 2.0))
            above = end
    return layers, edges


def _y(depth: int) -> float:
    """The middle of the boxes of a layer; the inputs are above the first."""
    return -(depth + 1) * _LAYER


def _inputs(pen: Pen, x: float) -> None:
    for side, words in zip((-1, 1), INPUTS, strict=True):
        at = x + side * _INPUT_SPREAD
        pen.box(at, 0, _INPUT_WIDTH, pen_lib.BOX_HEIGHT, pen_lib.PALE)
        pen.text(at, 0, words, zorder=5)
        start, end = -pen_lib.BOX_HEIGHT / 2, _y(0) + pen_lib.BOX_HEIGHT / 2
        _way(pen, (at, start), (x + side * 0.6, end), pen_lib.INK)


def _edges(pen: Pen, layout: layered.Layout, edges: list[layered.Edge]) -> None:
    depth = {n: d for d, layer in enumerate(layout.layers) for n in layer}
    last = len(layout.layers) - 1
    for upper, lower, _ in edges:
        start, end = _y(depth[upper]), _y(depth[lower])
        if not isinstance(upper, End):
            start -= pen_lib.BOX_HEIGHT / 2
        arrives = not isinstance(lower, End) or depth[lower] == last
        if arrives:
            end += pen_lib.BOX_HEIGHT / 2
        colour = pen_lib.source_colour(_number(upper))
        points = (layout.xs[upper], start), (layout.xs[lower], end)
        _way(pen, *points, colour, arrives=arrives)


def _way(
    pen: Pen,
    start: pen_lib.Point,
    end: pen_lib.Point,
    colour: str,
    *,
    arrives: bool = True,
) -> None:
    (x, y), (to_x, to_y) = start, end
    straight = to_y + (_HEAD if arrives else 0.0)
    middle = (y + straight) / 2
    corners = [(x, y), (x, middle), (to_x, middle), (to_x, straight)]
    pen.curve(corners, edgecolor=colour, linewidth=1.5, zorder=2)
    if arrives:
        pen.head(to_x, to_y, 0, -1, _HEAD, colour=colour)


def _node(pen: Pen, x: float, y: float, node: int, op: str, colour: str) -> None:
    pen.box(x, y, _NODE_WIDTH, pen_lib.BOX_HEIGHT, colour)
    pen.number(x - _NODE_WIDTH / 2 + 0.45, y, 0.27, node)
    size = pen_lib.fitting(op, _NODE_WIDTH - 2 * 0.6)  # beside the number
    pen.text(x + 0.35, y, op, size=size, zorder=5)


def _average(pen: Pen, xs: list[float], y: float) -> None:
    middle = (min(xs) + max(xs)) / 2
    width = max(_OUTPUT_WIDTH, max(xs) - min(xs) + 1.0)
    pen.box(middle, y, width, pen_lib.BOX_HEIGHT, pen_lib.PALE)
    pen.text(middle, y, OUTPUT, zorder=5)
