"""The gradient of a max pool has oneDNN's kernel, whichever way TensorFlow goes.

Round a loop it may come to the operations in many orders. A gradient to which it comes
before the pool gets the other kernel, and other last digits (nn/max_pool.py).
"""

import pytest
import tensorflow as tf

from enas_tf.benchmark import subjects as subjects_lib
from enas_tf.children import final_macro, final_micro
from enas_tf.nn import max_pool
from enas_tf.training import networks
from tests import visits

ORDERS = 200
SMALL = dict(
    macro=dict(child_num_layers=6),
    micro=dict(child_num_layers=2, child_num_cells=2, child_use_aux_heads="no"),
)
BUILD = dict(macro=final_macro.final_macro_child, micro=final_micro.final_micro_child)
# Arcs with four max pools or more, of stride 1 and 2.
POOLS = dict(
    macro="5 | 5 1 | 5 0 1 | 5 1 0 0 | 5 0 0 0 0 | 5 1 0 0 0 1",
    micro="0 3 1 3 | 0 4 1 3 | 0 3 1 3 | 1 2 0 3",
)


def subjects_of(space):
    own = dict(batch_size=4, child_out_filters=4, **SMALL[space])
    return subjects_lib.Subjects(space, **own)


def shared(space):
    """The graph of steps of a shared child."""
    subjects = subjects_of(space)
    given, trainer = subjects.shared()
    given.tokens.assign(subjects.arcs(1)[0])
    return visits.largest_graph(subjects_lib.steps(trainer, 1))


def final(space):
    """The graph of steps of a final child with pools."""
    subjects = subjects_of(space)
    model = BUILD[space](
        subjects.space.parse(POOLS[space]),
        subjects.config.child,
        image_shape=(32, 32, 3),
        num_classes=10,
        seed=0,
        training=True,
    )
    network = networks.FinalNetwork(model, total_steps=10, seed=0)
    return visits.largest_graph(subjects_lib.steps(subjects.trainer(network), 1))


def ungated(x, dy, window):
    """As the gradient was up to 0.8.0."""
    attributes = window._asdict()
    with tf.control_dependencies([dy]):
        again = tf.raw_ops.MaxPool(input=x, **attributes)
    return tf.raw_ops.MaxPoolGrad(
        orig_input=x, orig_output=again, grad=dy, **attributes
    )


@pytest.mark.parametrize(
    ("graph_of", "space"), [(shared, "macro"), (final, "macro"), (final, "micro")]
)
def test_a_pool_comes_before_its_gradient_in_every_order(graph_of, space):
    graph = graph_of(space)
    pairs = visits.pools(graph.node)
    assert len(pairs) >= 4
    assert visits.misplaced(graph, pairs, orders=ORDERS) == 0
    check_gates(graph, pairs)


def test_pools_of_the_shared_cells_are_in_functions_without_a_loop():
    graph = shared("micro")
    assert not visits.pools(graph.node)
    functions = [f.node_def for f in graph.library.function if visits.pools(f.node_def)]
    assert functions
    for nodes in functions:
        assert not {"NextIteration", "While", "StatelessWhile"} & {n.op for n in nodes}


def test_without_its_gate_some_orders_put_it_behind(monkeypatch):
    monkeypatch.setattr(max_pool, "_gradient", ungated)
    graph = shared("macro")
    assert visits.misplaced(graph, visits.pools(graph.node), orders=5 * ORDERS) > 0


def check_gates(graph, pairs):
    """Pool and gradient are reached by way of one operation alone."""
    ops = {node.name: node for node in graph.node}
    for pool, gradient in pairs:
        (gate,) = {name.split(":")[0] for name in ops[pool].input}
        assert ops[gate].op == "IdentityN"
        reached = {name.split(":")[0] for name in ops[gradient].input}
        assert reached == {gate, pool}
