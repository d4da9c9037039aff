"""The picture of a recurrent cell."""

import numpy as np
import pytest

from enas_tf.plots import rnn as picture
from enas_tf.spaces import rnn


def texts(space, arc, title=""):
    figure = picture.draw(space, arc, title)
    return [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("name", rnn.NAMED_ARCS)
def test_every_node_shows_its_number_and_its_function(name):
    space = rnn.RnnSpace(8)
    arc = space.parse(rnn.NAMED_ARCS[name])
    found = texts(space, arc, "a title")
    assert "a title" in found and space.describe(arc) in found
    for number in range(9):
        assert found.count(str(number)) == 1
    for op in rnn.OPS:
        # Node 0 is a tanh besides.
        wanted = [space.ops[i] for i in arc.ops].count(op) + (op == "tanh")
        assert found.count(op) == wanted
    assert picture.OUTPUT in found and set(picture.INPUTS) <= set(found)


def test_the_graph_has_an_edge_for_each_node_and_a_way_for_each_loose_end():
    # Nodes 1 and 2 read 0, node 3 reads 2: 1 and 3 are loose, 1 a layer above 3.
    layers, edges = picture.graph_of(rnn.RnnArc((0, 0, 2), (0, 0, 0)))
    end = picture.End
    assert layers == [[0], [1, 2], [3, end(1, 2)], [end(1, 3), end(3, 3)]]
    assert {edge[:2] for edge in edges} == {
        (0, 1),
        (0, 2),
        (2, 3),
        (1, end(1, 2)),
        (end(1, 2), end(1, 3)),
        (3, end(3, 3)),
    }


@pytest.mark.parametrize("nodes", [1, 2, 9, 12, 30])
def test_cells_of_any_size_stay_on_the_sheet(nodes):
    space = rnn.RnnSpace(nodes)
    arc = space.decode(list(space.random(np.random.default_rng(nodes), 1)[0]))
    figure = picture.draw(space, arc, "")
    (axes,) = figure.axes
    figure.canvas.draw()
    box = axes.get_window_extent()
    for shape in [*axes.patches, *axes.texts]:
        extent = shape.get_window_extent()
        assert box.x0 - 1 <= extent.x0 and extent.x1 <= box.x1 + 1
        assert box.y0 - 1 <= extent.y0 and extent.y1 <= box.y1 + 1
