"""What an arc's final child costs, counted without it, against the child itself."""

import dataclasses

import added_ops
import keras
import numpy as np
import pytest
import tensorflow as tf

from enas_tf.children import (
    block_costs,
    costs_macro,
    costs_micro,
    costs_rnn,
    final_macro,
    final_micro,
    final_rnn,
    op_forms,
)
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.config.sections import ChildConfig
from enas_tf.nn import cost
from enas_tf.spaces import costs, macro, micro, rnn

COSTS = {"macro": costs_macro.costs, "micro": costs_micro.costs}
FINAL = {
    "macro": final_macro.final_macro_child,
    "micro": final_micro.final_micro_child,
}
MACRO, MICRO = macro.MacroSpace(4), micro.MicroSpace(3)
ODD, EVEN, FLAT = (7, 9, 3), (8, 8, 3), (1, 5, 2)


def sizes(shape=EVEN, classes=5, **settings):
    """Config, and what is known of the data."""
    config = ChildConfig(**{"out_filters": 4, "num_layers": 1, **settings})
    return config, dict(image_shape=shape, num_classes=classes)


def counted(space, tokens, shape=EVEN, **settings):
    config, data = sizes(shape, **settings)
    return COSTS[space.name](space, config, **data)(np.asarray(tokens))


def built(space, tokens, shape=EVEN, **settings):
    """(parameters, FLOPs) of the final child of the arc."""
    config, data = sizes(shape, **settings)
    model = FINAL[space.name](space.decode(tokens), config, **data, seed=0)
    return cost.parameters(model), cost.flops(model)


def check(space, count, shape, **settings):
    """`count` random arcs."""
    tokens = space.random(np.random.default_rng(count), count)
    found = counted(space, tokens, shape, **settings)
    wanted = [built(space, own, shape, **settings) for own in tokens]
    assert list(zip(*map(np.ndarray.tolist, found), strict=True)) == wanted
    assert [of_all.dtype for of_all in found] == [np.int64, np.int64]


@pytest.mark.parametrize("count", [8, pytest.param(200, marks=pytest.mark.slow)])
@pytest.mark.parametrize("space", [macro.MacroSpace, micro.MicroSpace])
def test_random_arcs_cost_what_their_final_children_do_with_an_op_from_outside_too(
    space, count
):
    layers = dict(macro=4, micro=3)[space.name]
    with added_ops.added(space.name):
        check(space(layers, num_ops=len(space.table.names)), count, ODD)


@pytest.mark.parametrize(
    ("space", "shape", "settings"),
    [
        (MACRO, EVEN, dict(plain_separable=True)),
        (macro.MacroSpace(7), FLAT, dict(out_filters_scale=2)),
        (macro.MacroSpace(2), EVEN, {}),  # too few layers to halve anything
        (MICRO, FLAT, dict(num_layers=2)),  # both cells that reduce come first
        (MICRO, (20, 20, 3), dict(num_layers=4, use_aux_heads=True)),
    ],
)
def test_so_do_those_of_other_settings_and_images(space, shape, settings):
    check(space, 3, shape, **settings)


def test_a_layer_costs_what_is_worked_out_by_hand():
    found = counted(macro.MacroSpace(1), [[0]])  # a 3x3 convolution
    weights = 3 * 3 * 3 * 4 + 4 * 4 + 3 * 3 * 4 * 4  # of the stem, 1x1 and 3x3
    assert found.parameters.tolist() == [weights + 3 * 2 * 4 + 4 * 5]
    assert found.flops.tolist() == [2 * 8 * 8 * weights + 2 * 4 * 5]


def test_a_reduction_costs_from_the_first_skip_that_reads_it():
    arcs = ["4|4 0|4 0 0|4 0 0 0", "4|4 0|4 0 0|4 1 0 0", "4|4 0|4 1 0|4 1 0 0"]
    found = counted(MACRO, [MACRO.encode(MACRO.parse(arc)) for arc in arcs])
    # The last layer's skip has 16 x 16 weights at 2 x 2 pixels. The stem is reduced
    # twice, 4 -> 8 channels at 4 x 4 pixels and 8 -> 16 at 2 x 2.
    skip, first, second = 256, 32, 128
    norms = 2 * 8 + 2 * 16
    assert np.diff(found.parameters).tolist() == [skip + first + second + norms, skip]
    by_pixels = 4 * skip + 16 * first + 4 * second
    assert np.diff(found.flops).tolist() == [2 * by_pixels, 2 * 4 * skip]


@pytest.mark.parametrize(
    ("space", "arc", "settings", "parameters"),
    [
        (
            macro.MacroSpace(24, num_ops=4),
            macro.ENAS_24,
            dict(plain_separable=True),
            5_997_852,
        ),
        (micro.MicroSpace(5), micro.ENAS_MICRO, dict(num_layers=15), 3_894_372),
    ],
    ids=["macro", "micro"],
)
def test_the_published_arcs_have_the_published_sizes(space, arc, settings, parameters):
    config, data = sizes((32, 32, 3), classes=10, out_filters=36, **settings)
    costs_of = COSTS[space.name](space, config, **data)
    found = costs.of_arc(costs_of, space, space.parse(arc))
    assert found.parameters == parameters
    assert type(found.flops) is int


@pytest.mark.parametrize("space", [MACRO, MICRO])
def test_no_arc_needs_a_network(space, monkeypatch):
    config, data = sizes()
    costs_of = COSTS[space.name](space, config, **data)
    monkeypatch.setattr(keras, "Model", None)
    monkeypatch.setattr(keras, "Input", None)
    tokens = space.random(np.random.default_rng(0), 2000)
    assert len(set(costs_of(tokens).parameters.tolist())) > 20
    assert [len(of_none) for of_none in costs_of(tokens[:0])] == [0, 0]


@pytest.mark.parametrize(("space", "table"), [(MACRO, "MACRO"), (MICRO, "MICRO")])
def test_an_op_is_built_once_in_a_process_and_another_of_its_name_anew(
    space, table, monkeypatch
):
    number, of_form = [], block_costs.of_form

    def counting(*args):
        number.append(1)
        return of_form(*args)

    monkeypatch.setattr(block_costs, "of_form", counting)
    tokens = space.random(np.random.default_rng(0), 1)
    first = counted(space, tokens, out_filters=6)
    met = len(number)
    assert met
    assert counted(space, tokens, out_filters=6) == first
    assert len(number) == met
    ops = getattr(op_forms, table)
    others = {name: dataclasses.replace(ops[name]) for name in space.ops}
    monkeypatch.setattr(op_forms, table, others)
    assert counted(space, tokens, out_filters=6) == first
    assert len(number) == 2 * met


HIDDEN, VOCABULARY, NODES = 6, 11, 4
CELLS = rnn.RnnSpace(NODES)


@pytest.mark.parametrize("count", [2, pytest.param(200, marks=pytest.mark.slow)])
def test_every_cell_costs_what_its_final_child_does(count):
    config = RnnChildConfig(hidden_size=HIDDEN)
    tokens = CELLS.random(np.random.default_rng(0), count)
    found = costs_rnn.costs(CELLS, config, vocab_size=VOCABULARY)(tokens)
    for own, parameters, flops in zip(tokens, *found, strict=True):
        model = final_rnn.final_rnn_child(
            CELLS.decode(own), config, num_nodes=0, vocab_size=VOCABULARY, seed=0
        )
        assert parameters == cost.parameters(model)
        # Every matrix has H rows; the nodes' average, of H columns, is left out.
        average, *matrices = widths_of_products(model)
        assert average == HIDDEN
        assert flops == 2 * HIDDEN * sum(matrices)


def widths_of_products(model):
    """The columns of every matrix product in the answer to one word, fewest first."""

    @tf.function(autograph=False)
    def answer(word):
        return model(word, model.initial_state(1))

    traced = answer.get_concrete_function(tf.TensorSpec([1, 1], tf.int32))
    graph = traced.graph.as_graph_def(add_shapes=True)
    bodies = [function.node_def for function in graph.library.function]
    return sorted(
        node.attr["_output_shapes"].list.shape[0].dim[-1].size
        for nodes in (graph.node, *bodies)
        for node in nodes
        if node.op == "MatMul"
    )
