"""The shared micro child: what an arc selects, and what it leaves alone."""

import numpy as np
import pytest
import shared_children
import tensorflow as tf
import toys

from enas_tf.children import micro as micro_child
from enas_tf.spaces import micro
from enas_tf.spaces.micro import Cell, MicroArc

SEED = tf.constant([1, 2])
SPACE = micro.MicroSpace(2)
IMAGES = shared_children.images()
OPS = range(len(micro.OPS))
# Block 0 reads nodes 1 and 0, block 1 nodes 2 and 0: only node 3 is loose.
INPUTS = (1, 0, 2, 0)
# Of the edges of a cell of two blocks: both operands of block 0 have one for each of
# two nodes, rows 0-1 and 2-3; those of block 1 for each of three, rows 4-6 and 7-9.
READ, UNREAD = [1, 2, 6, 7], [0, 3, 4, 5, 8, 9]


def arc_of(inputs=INPUTS, ops=(0, 0, 0, 0)):
    """Both cells alike."""
    return MicroArc(Cell(inputs, ops), Cell(inputs, ops))


def all_of(op):
    return arc_of(ops=(op,) * 4)


@pytest.fixture(scope="module")
def traced():
    """Two reduction cells and a normal one; most of a test's time is its tracing."""
    return toys.child(SPACE, num_layers=1)


@pytest.fixture
def child(traced):
    """`traced`, given back its weights after the test."""
    weights = shared_children.weights_of(traced.parameters)
    yield traced
    traced.parameters.load(weights)


def edges(arrays, cell=0):
    """{op: {name of a piece: its rows}} of the edges of a cell."""
    start = f"cell_{cell}/edges/"
    return {
        op: {n: a for n, a in arrays.items() if n.startswith(f"{start}{op}/")}
        for op in ("sepconv3x3", "sepconv5x5")
    }


def test_the_auxiliary_head_has_the_published_size():
    published = dict(num_layers=6, out_filters=20, use_aux_heads=True)
    shape = dict(shape=(32, 32, 3), num_classes=10)
    child = toys.child(micro.MicroSpace(5), **shape, **published)
    assert child.aux_parameters.vector.shape == (412_928,)
    assert child.parameters.vector.shape == (5_373_140,)
    assert child.count_params() == 412_928 + 5_373_140


def test_every_kernel_starts_with_the_fan_in_of_what_it_is_applied_to():
    sizes = dict(out_filters=20, num_layers=3, shape=(32, 32, 3), use_aux_heads=True)
    child = toys.child(SPACE, **sizes)
    fan_in = {
        "stem/kernel": 9 * 3,
        "cell_0/first/kernel": 60,
        "cell_0/second/kernel": 60,
        "cell_1/halve/path1": 20,
        "cell_1/first/path2": 20,
        "cell_3/halve/path2": 40,
        "cell_0/edges/sepconv3x3/0/depthwise": 9,
        "cell_0/edges/sepconv3x3/1/pointwise": 20,
        "cell_1/edges/sepconv5x5/1/depthwise": 25,
        "cell_1/edges/sepconv5x5/0/pointwise": 40,
        "cell_1/out/kernel": 4 * 40,
        "classifier/kernel": 80,
    }
    shared_children.check_deviations(child.parameters, fan_in)
    fan_in = {
        "project/kernel": 80,
        "conv/kernel": 4 * 128,
        "classifier/kernel": 768,
    }
    shared_children.check_deviations(child.aux_parameters, fan_in)


def test_each_op_gives_another_output(child):
    outputs = [child(IMAGES, arc=all_of(op)).logits.numpy() for op in OPS]
    for number, one in enumerate(outputs):
        for other in outputs[:number]:
            assert np.abs(one - other).max() > 1e-3


@pytest.mark.parametrize("op", OPS)
def test_the_chosen_op_gets_a_gradient_and_no_other_one(child, op):
    gradient = shared_children.gradient_of(child, all_of(op))
    for name, pieces in edges(gradient).items():
        assert len(pieces) == 8
        for piece, rows in pieces.items():
            assert np.any(rows) == (name == micro.OPS[op]), piece


def test_the_chosen_input_gets_a_gradient_and_no_other_one(child):
    gradient = shared_children.gradient_of(child, all_of(1))
    for piece, rows in edges(gradient)["sepconv5x5"].items():
        assert [row for row in range(10) if np.any(rows[row])] == READ, piece


@pytest.mark.parametrize(
    ("inputs", "loose"),
    [
        ((1, 0, 2, 0), [3]),
        ((1, 0, 0, 1), [2, 3]),
        ((1, 1, 2, 2), [0, 3]),
        ((0, 0, 2, 0), [1, 3]),
        ((0, 0, 0, 0), [1, 2, 3]),
    ],
)
def test_nodes_that_are_not_read_make_the_output_inputs_too(child, inputs, loose):
    gradient = shared_children.gradient_of(child, arc_of(inputs))
    for cell in range(3):
        rows = gradient[f"cell_{cell}/out/kernel"]
        assert [node for node in range(4) if np.any(rows[node])] == loose


@pytest.mark.parametrize("op", OPS)
def test_what_is_not_chosen_is_not_computed(child, op):
    """A NaN in it would show: in the output, or in the gradient of a masked sum."""
    touched = [(f"cell_{cell}/out/kernel", [0, 1, 2]) for cell in range(3)]
    for cell in range(3):
        values = edges(shared_children.weights_of(child.parameters), cell)
        for name, pieces in values.items():
            rows = UNREAD if name == micro.OPS[op] else slice(None)
            touched += [(piece, rows) for piece in pieces]
    shared_children.poison(child, touched)
    assert np.all(np.isfinite(child(IMAGES, arc=all_of(op)).logits))
    gradient = shared_children.gradient_of(child, all_of(op))
    assert all(np.all(np.isfinite(part)) for part in gradient.values())
    # The test can fail: other ops, inputs and loose ends do meet a NaN.
    others = [arc_of((0, 0, 0, 0), (op,) * 4), all_of(0 if op else 1)]
    for arc in others:
        assert np.all(np.isnan(child(IMAGES, arc=arc).logits))


def test_the_convolutions_of_the_ops_are_inside_the_switch(traced):
    @tf.function(autograph=False)
    def logits(tokens):
        return traced(IMAGES, arc=SPACE.decode(tokens)).logits

    tokens = tf.zeros([SPACE.num_tokens], tf.int32)
    graph = logits.get_concrete_function(tokens).graph.as_graph_def()
    functions = [graph.node] + [one.node_def for one in graph.library.function]
    kinds = [[node.op for node in nodes] for nodes in functions]
    switches = [each for each in kinds if "StatelessCase" in each or "Case" in each]
    assert switches
    assert not any("DepthwiseConv2dNative" in each for each in [kinds[0], *switches])
    # A branch for each of two ops and two sizes, two convolutions each.
    found = [each.count("DepthwiseConv2dNative") for each in kinds]
    assert sorted(filter(None, found)) == [2, 2, 2, 2]


@pytest.mark.parametrize(
    ("layers", "sizes", "filters"),
    [
        (1, [4, 2, 2], [8, 16, 16]),
        (2, [4, 2, 2, 2], [8, 16, 16, 16]),
        (3, [8, 4, 4, 2, 2], [4, 8, 8, 16, 16]),
        (6, [8, 8, 4, 4, 4, 2, 2, 2], [4, 4, 8, 8, 8, 16, 16, 16]),
    ],
)
def test_two_cells_halve_the_maps_and_double_the_filters(
    monkeypatch, layers, sizes, filters
):
    child = toys.child(SPACE, num_layers=layers)
    seen = shared_children.inputs_seen(
        monkeypatch, micro_child.MicroCell, lambda: child(IMAGES, arc=arc_of())
    )
    wanted = [(4, n, n, c) for n, c in zip(sizes, filters, strict=True)]
    assert [tuple(first.shape) for first, _ in seen] == wanted
    assert [tuple(second.shape) for _, second in seen] == wanted


def with_auxiliary_head(size):
    settings = dict(num_layers=4, out_filters=2, use_aux_heads=True)
    return toys.child(SPACE, shape=(size, size, 3), **settings)


def test_the_auxiliary_head_sees_the_cell_behind_the_reductions_in_training_only():
    child = with_auxiliary_head(17)  # then 9, then 5 pixels
    x = shared_children.images(size=17)

    def heads(**rest):
        output = child(x, arc=arc_of(), seed=SEED, **rest)
        return output.logits, output.aux_logits

    assert heads()[1] is None
    logits, aux = heads(training=True)
    assert aux.shape == logits.shape == (4, toys.NUM_CLASSES)
    # Cells 1 and 3 of 0 to 5 reduce.
    shared_children.poison(child, [("cell_5/out/scale", 0)])
    logits, aux = heads(training=True)
    assert np.all(np.isnan(logits)) and np.all(np.isfinite(aux))
    shared_children.poison(child, [("cell_4/out/scale", 0)])
    assert np.all(np.isnan(heads(training=True)[1]))


def test_the_auxiliary_head_has_parameters_of_its_own():
    child = with_auxiliary_head(17)
    names = set(child.aux_parameters.views())
    parts = {f"{part}/{w}" for part in ("project", "conv") for w in ("scale", "offset")}
    kernels = {f"{part}/kernel" for part in ("project", "conv", "classifier")}
    assert names == parts | kernels
    vectors = [weight.value.ref() for weight in child.trainable_weights]
    owners = (child.parameters, child.aux_parameters)
    assert vectors == [owner.vector.ref() for owner in owners]


def test_the_auxiliary_head_is_left_out_where_its_map_is_below_5x5(caplog):
    with caplog.at_level("INFO", logger="absl"):
        child = with_auxiliary_head(16)  # then 8, then 4 pixels
    assert child.aux_parameters is None
    assert "with these images that map is 4x4" in caplog.text
    x = shared_children.images(size=16)
    output = child(x, arc=arc_of(), training=True, seed=SEED)
    assert output.aux_logits is None and output.logits.shape == (4, toys.NUM_CLASSES)
