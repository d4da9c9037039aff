"""The shared macro child: what an arc selects, and what it leaves alone."""

import numpy as np
import pytest
import shared_children
import tensorflow as tf
import toys

from enas_tf.children import macro as macro_child
from enas_tf.children import op_forms
from enas_tf.nn import image_ops
from enas_tf.nn.skips import Sources
from enas_tf.spaces import macro
from enas_tf.spaces.macro import MacroArc

IMAGES = shared_children.images()


def test_every_kernel_starts_with_the_fan_in_of_what_it_is_applied_to():
    child = toys.child(macro.MacroSpace(3), out_filters=36)
    fan_in = {
        "stem/kernel": 9 * 3,
        "layer_1/in/kernel": 36,
        "layer_1/conv3x3/kernel": 9 * 36,
        "layer_1/conv5x5/kernel": 25 * 36,
        "layer_1/sepconv3x3/depthwise": 9,
        "layer_1/sepconv5x5/depthwise": 25,
        "layer_1/sepconv5x5/pointwise": 36,
        "pool_1/path1": 36,
        "pool_1/path2": 36,
        "classifier/kernel": 36,
    }
    shared_children.check_deviations(child.parameters, fan_in)


def test_each_op_gives_another_output():
    child = toys.child(macro.MacroSpace(2))
    outputs = [
        child(IMAGES, arc=MacroArc((op, 0), ((), (0,)))).logits.numpy()
        for op in range(6)
    ]
    for number, one in enumerate(outputs):
        for other in outputs[:number]:
            assert np.abs(one - other).max() > 1e-3


@pytest.mark.parametrize("op", range(6))
def test_the_chosen_op_gets_a_gradient_and_no_other_one(op):
    child = toys.child(macro.MacroSpace(2))
    gradient = shared_children.gradient_of(child, MacroArc((op, 5), ((), (0,))))
    for row in range(6):
        reached = np.any(gradient["layer_0/in/kernel"][row])
        assert reached == (row == op)
    convs = op_forms.normed(macro.OPS)
    for row, name in enumerate(convs):
        mine = [g for n, g in gradient.items() if n.startswith(f"layer_0/{name}/")]
        mine += [gradient["layer_0/out/scale"][row]]
        assert all(np.any(g) == (name == macro.OPS[op]) for g in mine), name


@pytest.mark.parametrize("op", range(6))
def test_what_is_not_chosen_is_not_computed(op):
    """A NaN in it would show: in the output, or in the gradient of a masked sum."""
    child = toys.child(macro.MacroSpace(1))
    others = [row for row in range(6) if row != op]
    convs = op_forms.normed(macro.OPS)
    chosen = macro.OPS[op]
    touched = [(f"layer_0/in/{part}", others) for part in ("kernel", "scale", "offset")]
    for row, name in enumerate(convs):
        if name != chosen:
            kernels = ("depthwise", "pointwise") if "sep" in name else ("kernel",)
            touched += [(f"layer_0/{name}/{kernel}", ...) for kernel in kernels]
            touched += [(f"layer_0/out/{part}", row) for part in ("scale", "offset")]
    shared_children.poison(child, touched)
    arc = MacroArc((op,), ((),))
    assert np.all(np.isfinite(child(IMAGES, arc=arc).logits))
    gradient = shared_children.gradient_of(child, arc)
    assert all(np.all(np.isfinite(g)) for g in gradient.values())
    # The test can fail: the op next to it does meet a NaN.
    other = child(IMAGES, arc=MacroArc(((op + 1) % 6,), ((),))).logits
    assert np.all(np.isnan(other))


def test_the_convolutions_of_the_ops_are_inside_the_switch():
    child = toys.child(macro.MacroSpace(2))

    @tf.function(autograph=False)
    def logits(tokens):
        arc = macro.MacroSpace(2).decode(tokens)
        return child(IMAGES, arc=arc).logits

    graph = logits.get_concrete_function(tf.constant([0, 0, 0])).graph.as_graph_def()
    kinds = [node.op for node in graph.node]
    assert kinds.count("Conv2D") == 1  # the stem's
    assert "DepthwiseConv2dNative" not in kinds and "MaxPool" not in kinds
    inside = [node.op for one in graph.library.function for node in one.node_def]
    # One switch, traced once, serves both layers; two of its ops are separable.
    assert inside.count("StatelessCase") + inside.count("Case") == 1
    assert inside.count("DepthwiseConv2dNative") == 2


@pytest.mark.parametrize("bits", [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_a_skip_bit_adds_exactly_its_source_and_bit_0_is_the_stem(bits):
    pool = macro_child.switch_between(("maxpool3x3",))
    layer = macro_child.MacroLayer(("maxpool3x3",), pool, name="layer")
    rng = np.random.default_rng(0)
    sources = [rng.normal(size=(2, 6, 6, 3)).astype(np.float32) for _ in range(3)]
    kernel = rng.normal(size=(3, 3)).astype(np.float32)
    ones, zeros = tf.ones([3]), tf.zeros([3])
    weights = {
        "in/kernel": tf.constant(kernel[None]),
        "in/scale": ones[None],
        "in/offset": zeros[None],
        "skip/scale": ones * 2.0,
        "skip/offset": ones,
    }
    ours = layer(
        sources[-1],
        sources=Sources([tf.constant(source) for source in sources]),
        op=tf.constant(0),
        skips=tf.constant(bits),
        weights=weights,
    )
    # The last source is the op's input; stem and first layer can be added.
    x = tf.nn.relu(image_ops.batch_norm(sources[-1] @ kernel, ones, zeros))
    total = image_ops.max_pool(x) + bits[0] * sources[0] + bits[1] * sources[1]
    wanted = image_ops.batch_norm(total, ones * 2.0, ones)
    np.testing.assert_allclose(ours, wanted, rtol=1e-4, atol=1e-4)


def seen_shapes(monkeypatch, child, x, arc):
    """The shapes of the op inputs of all layers, in order."""
    seen = shared_children.inputs_seen(
        monkeypatch, macro_child.MacroLayer, lambda: child(x, arc=arc)
    )
    return [tuple(x.shape) for (x,) in seen]


def test_everything_is_halved_after_each_third_of_the_layers(monkeypatch):
    space = macro.MacroSpace(12)
    child = toys.child(space, shape=(32, 32, 3))
    arc = space.decode(space.random(np.random.default_rng(0), 1)[0])
    x = np.zeros((2, 32, 32, 3), np.float32)
    shapes = seen_shapes(monkeypatch, child, x, arc)
    assert shapes == [(2, size, size, 4) for size in [32] * 4 + [16] * 4 + [8] * 4]


def test_fewer_than_three_layers_are_not_halved(monkeypatch):
    child = toys.child(macro.MacroSpace(2))
    shapes = seen_shapes(monkeypatch, child, IMAGES, MacroArc((0, 1), ((), (1,))))
    assert shapes == [(4, 8, 8, 4)] * 2
