"""Graphs in layers: in what order, and where, the nodes of each layer stand.

Arithmetic, no drawing, and nothing about what the nodes are. Edges join neighbouring
layers only; a longer one is a row of narrow nodes, one per layer that it passes. The
steps are those of Sugiyama, Tagawa and Toda (1981): few crossings, then straight edges.
"""

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
from scipy import optimize

Node = Hashable
Layers = list[list[Node]]

_TRIES = 8  # orders to start from; the search finds the nearest good one
_MOST_LOOKS = 6000  # at orders; a large graph takes the best that it has by then
_PER_LENGTH = 0.02  # crossings that a row of length is worth
_PULL = 1e-3  # towards the middle, for what no edge holds
_BETWEEN = 0.45  # least room between neighbours


class Edge(NamedTuple):
    """From a node to one of the next layer; straighter the more `weight` it has."""

    upper: Node
    lower: Node
    weight: float = 1.0


class Graph(NamedTuple):
    """A graph to lay out.

    Attributes:
      layers: the nodes of each layer, none empty; the order of the first one is kept.
      widths: of each node.
      edges: between neighbouring layers, at most two into a node.
      spread: two edges into one node enter it so far left and right of its middle.
    """

    layers: Layers
    widths: dict[Node, float]
    edges: list[Edge]
    spread: float


class Layout(NamedTuple):
    """A graph laid out.

    Attributes:
      layers: the nodes of each layer from left to right.
      xs: the middle of each node.
      entries: per edge, how far from the middle of its lower node it enters.
      crossings: how many pairs of edges cross.
    """

    layers: Layers
    xs: dict[Node, float]
    entries: list[float]
    crossings: int


def laid_out(graph: Graph) -> Layout:
    """The layout of `graph`: the same for the same graph."""
    order = _Order(graph)
    first, *rest = order.layers
    rng = np.random.default_rng(0)
    starts = [
        [first, *(rng.permutation(row).tolist() for row in rest)] for _ in range(_TRIES)
    ]
    layers = min(map(order.settled, [order.layers, *starts]), key=order.cost)
    xs = _places(graph, order, layers)
    return Layout(
        [[order.nodes[i] for i in layer] for layer in layers],
        dict(zip(order.nodes, xs.tolist(), strict=True)),
        order.entries(xs).tolist(),
        order.crossings(xs),
    )


class _Order:
    """Orders of a graph's nodes and what they cost; nodes are numbers here, N of them.

    What only depends on the graph is worked out once: the search asks for many costs.
    """

    def __init__(self, graph: Graph):
        """Numbers the nodes.

        Args:
          graph: what is laid out.
        """
        self.nodes = [node for layer in graph.layers for node in layer]
        number = {node: i for i, node in enumerate(self.nodes)}
        self.layers = [[number[node] for node in layer] for layer in graph.layers]
        self._widths = [graph.widths[node] + _BETWEEN for node in self.nodes]
        self._spread = graph.spread
        self._looks = 0
        self.upper = np.array([number[edge.upper] for edge in graph.edges])
        self.lower = np.array([number[edge.lower] for edge in graph.edges])
        into: dict[int, list[int]] = {}
        for edge, node in enumerate(self.lower.tolist()):
            into.setdefault(node, []).append(edge)
        pairs = [edges for edges in into.values() if len(edges) == 2]
        self._pairs = np.array(pairs, int).reshape(-1, 2).T
        depth = {i: d for d, layer in enumerate(self.layers) for i in layer}
        depths = np.array([depth[node] for node in self.lower.tolist()])
        self._meet = np.equal.outer(depths, depths)

    def entries(self, xs: np.ndarray) -> np.ndarray:
        """Per edge; of two into one node, what comes from the left enters there."""
        first, second = self._pairs
        side = np.where(xs[self.upper[first]] <= xs[self.upper[second]], -1.0, 1.0)
        offsets = np.zeros(len(self.upper))
        offsets[first], offsets[second] = side * self._spread, -side * self._spread
        return offsets

    def crossings(self, xs: np.ndarray) -> int:
        """How many pairs of edges cross; xs: [N]."""
        above, below = xs[self.upper], xs[self.lower] + self.entries(xs)
        turned = np.subtract.outer(above, above) * np.subtract.outer(below, below) < 0
        return int((turned & self._meet).sum()) // 2

    def cost(self, layers: list[list[int]]) -> float:
        """Crossings, and a little for length."""
        self._looks += 1
        xs = self.packed(layers)
        length = np.abs(xs[self.upper] - xs[self.lower] - self.entries(xs)).sum()
        return round(self.crossings(xs) + _PER_LENGTH * float(length), 6)

    def packed(self, layers: list[list[int]]) -> np.ndarray:
        """[N]: the nodes' middles in layers as narrow as can be, centred on 0."""
        xs = np.zeros(len(self.nodes))
        for layer in layers:
            x = -sum(self._widths[i] for i in layer) / 2
            for i in layer:
                xs[i] = x + self._widths[i] / 2
                x += self._widths[i]
        return xs

    def settled(self, layers: list[list[int]]) -> list[list[int]]:
        """`layers` with nodes moved within them for as long as that makes it better."""
        layers = [list(layer) for layer in layers]
        cost, before = self.cost(layers), np.inf
        while cost < before:
            before = cost
            for layer in layers[1:]:
                for node in list(layer):
                    if self._looks > _MOST_LOOKS:
                        return layers
                    cost = self._moved(layers, layer, node)
        return layers

    def _moved(self, layers: list[list[int]], layer: list[int], node: int) -> float:
        """Puts `node` where in its `layer` it costs least, and tells that cost."""
        now = layer.index(node)
        others = layer[:now] + layer[now + 1 :]
        costs = []
        for place in range(len(layer)):
            layer[:] = [*others[:place], node, *others[place:]]
            # Of equally good places the one that it has.
            costs.append((self.cost(layers), place != now, place))
        cost, _, place = min(costs)
        layer[:] = [*others[:place], node, *others[place:]]
        return cost


def _places(graph: Graph, order: _Order, layers: list[list[int]]) -> np.ndarray:
    """[N]: middles such that edges are nearly straight and neighbours keep apart.

    Least squares over xs = packed + shape @ moves. The moves are each layer's place
    and the room, 0 or more, between its neighbours beyond the least.
    """
    packed, count = order.packed(layers), len(order.nodes)
    shape, least = np.zeros((count, count)), np.zeros(count)
    for layer in layers:
        shape[np.ix_(layer, layer)] = np.tri(len(layer))
        least[layer[0]] = -np.inf
    weights = np.array([edge.weight for edge in graph.edges])
    edges = np.arange(len(weights))
    pull = np.zeros((len(weights), count))
    pull[edges, order.upper], pull[edges, order.lower] = weights, -weights
    pull = np.vstack([pull, _PULL * np.eye(count)])
    wanted = np.append(weights * order.entries(packed), np.zeros(count))
    moves = optimize.lsq_linear(
        pull @ shape, wanted - pull @ packed, (least, np.inf), method="bvls"
    )
    return packed + shape @ moves.x
