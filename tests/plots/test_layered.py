"""Graphs in layers: few crossings, straight edges, nothing on top of another."""

import numpy as np
import pytest

from enas_tf.plots import layered
from enas_tf.plots.layered import Edge, Graph


def graph(layers, edges, width=2.0):
    """Of nodes of one width: letters, in strings; an edge is two letters."""
    widths = {node: width for layer in layers for node in layer}
    return Graph(
        [list(layer) for layer in layers], widths, [Edge(*e) for e in edges], 0.5
    )


def test_nodes_are_ordered_so_that_edges_do_not_cross():
    # As given, a-y and b-x would cross.
    layout = layered.laid_out(graph(["ab", "xy"], ["ay", "bx"]))
    assert layout.layers == [["a", "b"], ["y", "x"]]
    assert layout.crossings == 0


def test_order_of_the_first_layer_is_kept():
    layout = layered.laid_out(graph(["ab", "xy", "pq"], ["ay", "bx", "xp", "yq"]))
    assert layout.layers == [["a", "b"], ["y", "x"], ["q", "p"]]


def test_a_crossing_that_cannot_be_avoided_is_counted():
    # Both lower nodes are entered from a and from b: b-x crosses a-y, or b-y a-x.
    layout = layered.laid_out(graph(["ab", "xy"], ["ax", "bx", "ay", "by"]))
    assert layout.crossings == 1


def test_edges_between_other_layers_cross_nothing():
    layout = layered.laid_out(graph(["a", "xy", "pq"], ["ax", "ay", "xp", "yq"]))
    assert layout.crossings == 0


def test_of_two_edges_the_one_from_the_left_enters_at_the_left():
    layout = layered.laid_out(graph(["ab", "x"], ["bx", "ax"]))
    assert layout.entries == [0.5, -0.5]


def test_two_edges_from_one_node_enter_in_the_order_given():
    assert layered.laid_out(graph(["a", "x"], ["ax", "ax"])).entries == [-0.5, 0.5]


def test_a_lonely_edge_is_straight_and_enters_in_the_middle():
    layout = layered.laid_out(graph(["a", "x", "p"], ["ax", "xp"]))
    assert layout.entries == [0.0, 0.0]
    np.testing.assert_allclose(list(layout.xs.values()), 0.0, atol=1e-9)


def test_readers_of_one_node_stand_evenly_below_it():
    layout = layered.laid_out(graph(["a", "xyz"], ["ax", "ay", "az"]))
    left, middle, right = (layout.xs[node] for node in layout.layers[1])
    assert middle == pytest.approx(layout.xs["a"], abs=1e-6)
    assert middle - left == pytest.approx(right - middle) == pytest.approx(2.45)


def test_a_heavier_edge_is_straighter():
    wide = graph(["ab", "x"], ["ax", "bx"])
    edges = [Edge("a", "x", 5.0), Edge("b", "x")]
    even, uneven = (layered.laid_out(one) for one in (wide, wide._replace(edges=edges)))
    assert even.xs["x"] == pytest.approx((even.xs["a"] + even.xs["b"]) / 2, abs=1e-3)
    assert uneven.xs["x"] < (uneven.xs["a"] + uneven.xs["b"]) / 2 - 0.1


def random_graph(rng, depth, most):
    layers = [
        [(layer, place) for place in range(rng.integers(1, most))]
        for layer in range(depth)
    ]
    edges = [
        Edge(above[rng.integers(len(above))], node)
        for above, below in zip(layers, layers[1:], strict=False)
        for node in below
        for _ in range(rng.integers(1, 3))
    ]
    widths = {node: float(rng.uniform(0.3, 5)) for layer in layers for node in layer}
    return Graph(layers, widths, edges, 1.0)


@pytest.mark.parametrize("seed", range(5))
def test_neighbours_keep_apart_in_their_order(seed):
    one = random_graph(np.random.default_rng(seed), 5, 6)
    layout = layered.laid_out(one)
    assert [set(layer) for layer in layout.layers] == [set(row) for row in one.layers]
    for layer in layout.layers:
        for left, right in zip(layer, layer[1:], strict=False):
            room = layout.xs[right] - layout.xs[left]
            assert room >= (one.widths[left] + one.widths[right]) / 2 + 0.45 - 1e-6


def test_layout_is_the_same_for_the_same_graph():
    one = random_graph(np.random.default_rng(0), 6, 6)
    assert layered.laid_out(one) == layered.laid_out(one)


def test_a_graph_too_large_to_search_is_laid_out_all_the_same(monkeypatch):
    monkeypatch.setattr(layered, "_MOST_LOOKS", 10)
    one = random_graph(np.random.default_rng(1), 8, 9)
    order = layered._Order(one)
    order.settled(order.layers)
    assert order._looks <= 10 + 9
    assert len(layered.laid_out(one).xs) == len(one.widths)
