"""The shared macro child with an arc against a plain graph of the same arc and weights.

The plain graph is written from the description of the network, with Python's `if`
where the shared child switches.
"""

import added_ops
import plain_graph
import pytest
import tensorflow as tf
import toys

from enas_tf.spaces import macro, op_rows

POOLS = {4: (0, 1), 6: (1, 3)}  # after each third of the layers


def plain_op(x, w, op, row):
    """One op of a layer; row: its place among the convolutions."""
    name = op_rows.MACRO.names[op]
    if "pool" in name:
        return plain_graph.plain_pool(x, name)
    if name == added_ops.NAME:
        kernels = added_ops.spread(w[f"{name}/depthwise"]), w[f"{name}/pointwise"]
        x = plain_graph.plain_separable(x, *kernels)
    elif name.startswith("sep"):
        kernels = w[f"{name}/depthwise"], w[f"{name}/pointwise"]
        x = plain_graph.plain_separable(x, *kernels)
    else:
        x = tf.nn.conv2d(x, w[f"{name}/kernel"], 1, "SAME")
    out = plain_graph.row_of(plain_graph.below("out/", w), row)
    return tf.nn.relu(plain_graph.plain_norm(x, out, 1e-3))


def plain_layer(sources, w, op, skips):
    entry = plain_graph.row_of(plain_graph.below("in/", w), op)
    x = plain_graph.plain_pointwise(sources[-1], entry["kernel"])
    x = tf.nn.relu(plain_graph.plain_norm(x, entry))
    # Convolutions come first among the published ops, then two pools.
    x = plain_op(x, w, op, row=op if op < 4 else 4)
    if len(sources) == 1:
        return x
    for bit, source in zip(skips, sources[:-1], strict=True):
        if bit:
            x = x + source
    return plain_graph.plain_norm(x, plain_graph.below("skip/", w))


def plain_logits(images, weights, arc):
    sources = [plain_graph.plain_stem(images, weights)]
    for layer, (op, skips) in enumerate(zip(arc.ops, arc.skips, strict=True)):
        w = plain_graph.below(f"layer_{layer}/", weights)
        sources.append(plain_layer(sources, w, op, skips))
        if layer in POOLS[len(arc.ops)]:
            w = plain_graph.below(f"pool_{layer}/", weights)
            sources = [
                plain_graph.plain_reduction(x, plain_graph.row_of(w, row))
                for row, x in enumerate(sources)
            ]
    return plain_graph.plain_classifier(sources[-1], weights)


@pytest.mark.parametrize(("layers", "arcs"), [(4, 5), (6, 2)])
def test_logits_and_gradients_of_random_arcs(layers, arcs):
    space = macro.MacroSpace(layers)
    plain_graph.check(space, toys.child(space), plain_logits, arcs=arcs)


def test_logits_and_gradients_of_arcs_with_an_added_op():
    with added_ops.added("macro"):
        space = macro.MacroSpace(4, num_ops=7)
        plain_graph.check(space, toys.child(space), plain_logits, arcs=6)
