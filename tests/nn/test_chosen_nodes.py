"""Nodes whose choices are tensors: TensorFlow's own values and gradients."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn import chosen_nodes, recurrent

NUM_NODES, BATCH, UNITS, TIMES = 3, 2, 4, 5
NAMES = tuple(recurrent.FUNCTIONS)
FUNCTIONS = [recurrent.FUNCTIONS[name] for name in NAMES]
ARCS = [
    (inputs, tuple(np.random.default_rng(number).integers(0, 4, NUM_NODES)))
    for number, inputs in enumerate(itertools.product((0,), (0, 1), (0, 1, 2)))
]


def normal(number, *shape):
    return tf.random.stateless_normal(shape, [number, 0])


FIRST = normal(0, BATCH, UNITS)
WEIGHTS = tf.unstack(normal(1, NUM_NODES, UNITS, 2 * UNITS))
MASK = tf.cast(normal(2, BATCH, UNITS) > 0.0, tf.float32) * 2.0
SHARES = [0.1, 0.2, 0.3, 0.4]


def chosen(inputs, ops):
    """From node 0 and the weights to the state, the choices being tensors.

    As in a child, they are of the same graph as the loop.
    """
    nodes = chosen_nodes.nodes(
        [tf.constant(read) for read in inputs],
        [tf.constant(int(op)) for op in ops],
        [function.value_and_slope for function in FUNCTIONS],
        average_weights=tf.constant(SHARES[: 1 + len(inputs)]),
        mask=tf.identity(MASK),
    )
    return lambda first, weights: chosen_nodes.state(first, weights, nodes)


def restated(inputs, ops):
    """The same, from its definition."""

    def state(first, weights):
        values = [first]
        for read, op, weight in zip(inputs, ops, weights, strict=True):
            product = tf.matmul(values[read] * MASK, weight)
            values.append(recurrent.highway(values[read], product, FUNCTIONS[op].value))
        shares = SHARES[: len(values)]
        return sum(share * value for share, value in zip(shares, values, strict=True))

    return state


def looped(made, inputs, ops):
    """The states of a loop that adds something to each before the next; gradients."""

    def taped():
        state, weights = made(inputs, ops), WEIGHTS[: len(inputs)]
        with tf.GradientTape() as tape:
            tape.watch([FIRST, *weights])
            found = tf.scan(
                lambda before, added: state(before + added, weights),
                normal(3, TIMES, BATCH, UNITS),
                initializer=FIRST,
            )
            loss = tf.reduce_sum(tf.square(found))
        return [found, *tape.gradient(loss, [FIRST, *weights])]

    return taped


@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize(("inputs", "ops"), ARCS)
def test_values_and_gradients_are_those_of_the_definition(inputs, ops, traced):
    """Also where several nodes read one, and where none does."""
    call = looped(chosen, inputs, ops)
    found = tf.function(call, autograph=False)() if traced else call()
    for one, other in zip(found, looped(restated, inputs, ops)(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_a_state_is_not_written_over_by_the_next():
    state = chosen(*ARCS[-1])
    one = state(FIRST, WEIGHTS)
    before = one.numpy().copy()
    other = state(2.0 * FIRST, WEIGHTS)
    np.testing.assert_array_equal(one, before)
    assert (other.numpy() != before).any()


def test_a_loop_hands_over_as_many_lists_whatever_the_number_of_nodes():
    """What its gradient reads lies in blocks."""

    def lists(made, count):
        call = looped(made, (0,) * count, (0,) * count)
        graph = tf.function(call, autograph=False).get_concrete_function().graph
        return sum(node.op == "EmptyTensorList" for node in graph.as_graph_def().node)

    assert lists(restated, 1) < lists(restated, NUM_NODES)
    assert lists(chosen, 1) == lists(chosen, NUM_NODES)
