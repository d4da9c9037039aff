"""The shared micro child with an arc against a plain graph of the same arc and weights.

The plain graph is written from the description of the network, with Python's `if`
where the shared child switches and a list where it counts.
"""

import added_ops
import plain_graph
import pytest
import tensorflow as tf
import toys

from enas_tf.spaces import micro, op_rows

# (layers) -> the kind of each cell: normal or reduction.
CELLS = {1: "RRN", 3: "NRNRN", 4: "NRNRNN"}


def plain_op(x, edge, op):
    """One op; edge: the weights of this operand with this node."""
    name = op_rows.MICRO.names[op]
    if name == "identity":
        return x
    if "pool" in name:
        return plain_graph.plain_pool(x, name)
    if name == added_ops.NAME:
        w = plain_graph.below(f"{name}/", edge)
        kernels = added_ops.spread(w["depthwise"]), w["pointwise"]
        return plain_graph.plain_norm(
            plain_graph.plain_separable(tf.nn.relu(x), *kernels), w
        )
    for stack in (0, 1):
        w = plain_graph.below(f"{name}/{stack}/", edge)
        x = tf.nn.relu(x)
        x = plain_graph.plain_separable(x, w["depthwise"], w["pointwise"])
        x = plain_graph.plain_norm(x, w)
    return x


def plain_cell(first, second, w, cell):
    nodes, unread, rows = [first, second], {0, 1}, 0
    for block in range(len(cell.inputs) // 2):
        total = 0.0
        for operand in (2 * block, 2 * block + 1):
            node = cell.inputs[operand]
            unread -= {node}
            edge = plain_graph.row_of(plain_graph.below("edges/", w), rows + node)
            total = total + plain_op(nodes[node], edge, cell.ops[operand])
            rows += len(nodes)
        unread |= {len(nodes)}
        nodes.append(total)
    out = plain_graph.below("out/", w)
    joined = tf.concat([nodes[node] for node in sorted(unread)], axis=3)
    kernel = tf.concat([out["kernel"][node] for node in sorted(unread)], axis=0)
    return plain_graph.plain_norm(
        plain_graph.plain_pointwise(tf.nn.relu(joined), kernel), out
    )


def plain_calibration(x, w):
    if not w:
        return x
    if "path1" in w:
        return plain_graph.plain_reduction(tf.nn.relu(x), w)
    return plain_graph.plain_norm(
        plain_graph.plain_pointwise(tf.nn.relu(x), w["kernel"]), w
    )


def plain_logits(images, weights, arc):
    earlier = last = plain_graph.plain_stem(images, weights)
    cells = len({name.split("/")[0] for name in weights if name.startswith("cell_")})
    for number, kind in enumerate(CELLS[cells - 2]):
        w = plain_graph.below(f"cell_{number}/", weights)
        if kind == "R":
            halved = plain_graph.plain_reduction(last, plain_graph.below("halve/", w))
            earlier, last = last, halved
        first = plain_calibration(earlier, plain_graph.below("first/", w))
        second = plain_calibration(last, plain_graph.below("second/", w))
        cell = arc.reduce if kind == "R" else arc.normal
        earlier, last = last, plain_cell(first, second, w, cell)
    return plain_graph.plain_classifier(tf.nn.relu(last), weights)


@pytest.mark.parametrize(
    ("layers", "blocks", "ops", "arcs"), [(1, 5, 5, 3), (3, 3, 5, 4), (4, 2, 1, 2)]
)
def test_logits_and_gradients_of_random_arcs(layers, blocks, ops, arcs):
    space = micro.MicroSpace(blocks, num_ops=ops)
    child = toys.child(space, num_layers=layers)
    plain_graph.check(space, child, plain_logits, arcs=arcs)


def test_logits_and_gradients_of_arcs_with_an_added_op():
    with added_ops.added("micro"):
        space = micro.MicroSpace(3, num_ops=6)
        child = toys.child(space, num_layers=1)
        plain_graph.check(space, child, plain_logits, arcs=4)
