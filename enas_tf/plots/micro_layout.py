"""Where everything stands in the picture of a micro cell: arithmetic, no drawing.

The unit is a row, about the height of a line of boxes; x grows from 0 at the left and y
falls from 0 at the top. A cell is a graph in layers by depth: its inputs, the blocks
that read inputs only, and so on, and at last the entries of the concatenation.
"""

from typing import NamedTuple, cast

from enas_tf.plots import layered, pen
from enas_tf.spaces import micro
from enas_tf.spaces.micro import Cell

INPUT_WIDTH = 3.0
OP_WIDTH, OP_GAP = 2.3, 0.24
SPREAD = (OP_WIDTH + OP_GAP) / 2  # of the ops about the middle of their block
PAD = 0.17  # between a block's frame and what is in it
SUM_RADIUS = 0.36
BLOCK_WIDTH = 2 * (OP_WIDTH + PAD) + OP_GAP
BLOCK_HEIGHT = 2 * PAD + pen.BOX_HEIGHT + 0.38 + 2 * SUM_RADIUS
HALVING_HEIGHT = 0.6  # below an input of the reduction cell
_PASS_WIDTH = 0.3
_LEAST_GAP, _GAP_PER_ROW = 0.9, 0.13  # between layers: by how far edges go sideways
_CONCAT_WIDTH, _CONCAT_OVERHANG = 4.4, 0.8
_STRAIGHT = (1.0, 2.0, 6.0)  # weight of an edge by how many of its ends are passes
_EXIT_GAP, _EXITS_WIDTH = 0.25, 1.5  # of the edges that leave an input


class Pass(NamedTuple):
    """Where the way from `source` to a later layer passes through `layer`."""

    source: int
    layer: int


class Way(NamedTuple):
    """The course of an edge: straight down, across in a curve, straight down.

    Attributes:
      source: the node that it comes from, for its colour.
      xs: where it begins and where it ends.
      ys: where it begins, starts to bend, is straight again, ends.
      arrives: whether it ends where it is going, not at a pass.
    """

    source: int
    xs: tuple[float, float]
    ys: tuple[float, float, float, float]
    arrives: bool


class Block(NamedTuple):
    """A block.

    Attributes:
      node: its number as a node.
      x: the middle of its top edge.
      y: the same.
      ops: from the left.
      operands: the numbers of these in the cell.
    """

    node: int
    x: float
    y: float
    ops: tuple[int, int]
    operands: tuple[int, int]


def depths(cell: Cell) -> list[int]:
    """Per node, how many blocks are on the longest way to it from an input."""
    found = [0] * micro.NUM_INPUTS
    for pair in range(0, len(cell.inputs), 2):
        found.append(1 + max(found[node] for node in cell.inputs[pair : pair + 2]))
    return found


def graph_of(cell: Cell) -> layered.Graph:
    """The graph of `cell`: edge i is operand i, those into passes follow.

    All that reads a node from afar takes the same way through the layers between.
    """
    depth = depths(cell)
    passes = _passes(cell, depth)
    layers: layered.Layers = [[] for _ in range(2 + max(depth))]
    for node, layer in enumerate(depth):
        layers[layer].append(node)
    for one in passes:
        layers[one.layer].append(one)
    edges = [_edge(depth, node, reader, depth[reader]) for node, reader in _reads(cell)]
    edges += [_edge(depth, one.source, one, one.layer) for one in passes]
    widths = {node: _width(node) for layer in layers for node in layer}
    return layered.Graph(layers, widths, edges, SPREAD)


def _reads(cell: Cell) -> list[tuple[int, int]]:
    """(node, the block that reads it) of each operand."""
    return [(node, micro.NUM_INPUTS + i // 2) for i, node in enumerate(cell.inputs)]


def _passes(cell: Cell, depth: list[int]) -> list[Pass]:
    """Those of each node on its way to its furthest reader, or to the concatenation."""
    until = list(depth)
    for node, reader in _reads(cell):
        until[node] = max(until[node], depth[reader] - 1)
    for node in micro.loose_ends(cell):
        until[node] = 1 + max(depth)
    return [
        Pass(node, layer)
        for node, end in enumerate(until)
        for layer in range(depth[node] + 1, end + 1)
    ]


def _edge(
    depth: list[int], source: int, lower: layered.Node, layer: int
) -> layered.Edge:
    """The edge into `lower`, in `layer`, from what stands for `source` above it."""
    upper = source if depth[source] == layer - 1 else Pass(source, layer - 1)
    passes = isinstance(upper, Pass) + isinstance(lower, Pass)
    return layered.Edge(upper, lower, _STRAIGHT[passes])


def _width(node: layered.Node) -> float:
    if isinstance(node, Pass):
        return _PASS_WIDTH
    return INPUT_WIDTH if _source(node) < micro.NUM_INPUTS else BLOCK_WIDTH


def _source(node: layered.Node) -> int:
    """The number of the node that `node` is or whose way it is on."""
    return node.source if isinstance(node, Pass) else cast(int, node)


class CellLayout:
    """Places in the picture of one cell."""

    def __init__(self, cell: Cell, *, halves: bool):
        """Lays out one cell.

        Args:
          cell: what is drawn; its entries are ints.
          halves: whether its inputs are halved.
        """
        self._graph = graph_of(cell)
        self._layout = layered.laid_out(self._graph)
        self.crossings = self._layout.crossings
        self._depth = {
            node: number
            for number, layer in enumerate(self._layout.layers)
            for node in layer
        }
        self._across()
        self._down(halves)
        self.inputs = [(node, self._xs[node]) for node in range(micro.NUM_INPUTS)]
        self.blocks = [self._block(cell, i) for i in range(len(cell.inputs) // 2)]
        self.ways = [self._way(number) for number in range(len(self._graph.edges))]

    def _across(self) -> None:
        """Sets the horizontal places."""
        xs, widths = self._layout.xs, self._graph.widths
        ends = [xs[node] for node in self._layout.layers[-1]]
        middle = (ends[0] + ends[-1]) / 2
        half = max((ends[-1] - ends[0]) / 2 + _CONCAT_OVERHANG, _CONCAT_WIDTH / 2)
        left = min(middle - half, *(xs[node] - widths[node] / 2 for node in xs))
        right = max(middle + half, *(xs[node] + widths[node] / 2 for node in xs))
        self.width = right - left
        self.concat_x, self.concat_width = middle - left, 2 * half
        self._xs = {node: x - left for node, x in xs.items()}
        self._ends = [
            self._xs[edge.lower] + entry
            for edge, entry in zip(self._graph.edges, self._layout.entries, strict=True)
        ]
        self._starts = [self._xs[edge.upper] for edge in self._graph.edges]
        for node in range(micro.NUM_INPUTS):
            self._fan_out(node)

    def _fan_out(self, node: int) -> None:
        """Lets the edges that leave `node` begin side by side, in order."""
        edges = self._graph.edges
        own = [i for i in range(len(edges)) if edges[i].upper == node]
        gap = min(_EXIT_GAP, _EXITS_WIDTH / max(1, len(own) - 1))
        for place, i in enumerate(sorted(own, key=lambda i: self._ends[i])):
            self._starts[i] += gap * (place - (len(own) - 1) / 2)

    def _down(self, halves: bool) -> None:
        """Sets what is vertical: top and bottom of each layer."""
        count = len(self._layout.layers)
        sideways = [0.0] * count
        for i, edge in enumerate(self._graph.edges):
            layer = self._depth[edge.lower]
            way = abs(self._ends[i] - self._starts[i])
            sideways[layer] = max(sideways[layer], way)
        gaps = [_LEAST_GAP + _GAP_PER_ROW * way for way in sideways]
        heights = [BLOCK_HEIGHT] * count
        heights[0] = pen.BOX_HEIGHT + (HALVING_HEIGHT if halves else 0.0)
        heights[-1] = pen.BOX_HEIGHT
        self.tops = [
            -sum(gaps[1 : layer + 1]) - sum(heights[:layer]) for layer in range(count)
        ]
        self.bottoms = [
            top - height for top, height in zip(self.tops, heights, strict=True)
        ]
        self.height = -self.bottoms[-1]

    def _block(self, cell: Cell, number: int) -> Block:
        node, first = number + micro.NUM_INPUTS, 2 * number
        left, right = sorted((first, first + 1), key=lambda i: self._ends[i])
        top = self.tops[self._depth[node]]
        ops = cell.ops[left], cell.ops[right]
        return Block(node, self._xs[node], top, ops, (left, right))

    def _way(self, number: int) -> Way:
        upper, lower, _ = self._graph.edges[number]
        layer = self._depth[lower]
        bend, straight = self.bottoms[layer - 1], self.tops[layer]
        source = _source(upper)
        start, end = bend, straight
        if source == upper and source >= micro.NUM_INPUTS:
            start = bend + PAD  # the sum stands above the frame's bottom
        arrives = not isinstance(lower, Pass) or layer == len(self.tops) - 1
        if not arrives:
            end = self.bottoms[layer]
        elif not isinstance(lower, Pass):
            end = straight - PAD  # the ops stand below the frame's top
        xs = (self._starts[number], self._ends[number])
        return Way(source, xs, (start, bend, straight, end), arrives)
