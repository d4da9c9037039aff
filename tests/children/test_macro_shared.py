"""The shared macro child: what an arc selects, and what it leaves alone."""

import numpy as np
import pytest
import tensorflow as tf
import toys

from enas_tf.children import macro as macro_child
from enas_tf.nn import image_ops
from enas_tf.spaces import macro
from enas_tf.spaces.macro import MacroArc

SEED = tf.constant([1, 2])

PARAMETERS = {
    # layers, filters, ops: the count; the first two are the original's
    (12, 36, 6): 697_860,
    (12, 36, 4): 665_028,
    # 29 C, one conv3x3 (C^2 + 2C + 9C^2 + 2C), 10 C, with C = 4
    (1, 4, 1): 332,
}


def images(*, count=4, channels=3, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, 8, 8, channels)).astype(np.float32)


def gradient_of(child, arc, x=None):
    """d (sum of squared logits) / d weight, by name."""
    vector = child.parameters.vector
    with tf.GradientTape() as tape:
        logits = child(images() if x is None else x, arc=arc).logits
        loss = tf.reduce_sum(tf.square(logits) + logits)
    parts = child.parameters.unpack(tape.gradient(loss, vector))
    return {name: part.numpy() for name, part in parts.items()}


def poison(child, touched):
    """`child` with NaN in each weight, or row of one, that `touched` names."""
    values = {name: view.numpy() for name, view in child.parameters.views().items()}
    for name, rows in touched:
        values[name][rows] = np.nan
    child.parameters.load(values)
    return child


@pytest.mark.parametrize(("sizes", "count"), PARAMETERS.items())
def test_it_has_so_many_parameters(sizes, count):
    layers, filters, ops = sizes
    child = macro_child.SharedMacroChild(
        macro.MacroSpace(layers, num_ops=ops),
        macro_child.ChildConfig(out_filters=filters),
        image_shape=(32, 32, 3),
        num_classes=10,
        seed=0,
    )
    assert child.count_params() == count
    assert child.parameters.vector.shape == (count,)


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
    views = child.parameters.views()
    for name, count in fan_in.items():
        deviation = np.sqrt(2.0 / count)
        # 144 numbers at least; a cut normal keeps 0.88 of its deviation.
        assert 0.7 * deviation < np.std(views[name]) < 1.05 * deviation, name
        assert np.abs(views[name]).max() <= 2.0 * deviation, name


def test_each_op_gives_another_output():
    child = toys.child(macro.MacroSpace(2))
    outputs = [
        child(images(), arc=MacroArc((op, 0), ((), (0,)))).logits.numpy()
        for op in range(6)
    ]
    for number, one in enumerate(outputs):
        for other in outputs[:number]:
            assert np.abs(one - other).max() > 1e-3


@pytest.mark.parametrize("op", range(6))
def test_the_chosen_op_gets_a_gradient_and_no_other_one(op):
    child = toys.child(macro.MacroSpace(2))
    gradient = gradient_of(child, MacroArc((op, 5), ((), (0,))))
    for row in range(6):
        reached = np.any(gradient["layer_0/in/kernel"][row])
        assert reached == (row == op)
    convs = [name for name in macro.OPS if name in macro.CONV_SIZES]
    for row, name in enumerate(convs):
        mine = [g for n, g in gradient.items() if n.startswith(f"layer_0/{name}/")]
        mine += [gradient["layer_0/out/scale"][row]]
        assert all(np.any(g) == (name == macro.OPS[op]) for g in mine), name


@pytest.mark.parametrize("op", range(6))
def test_what_is_not_chosen_is_not_computed(op):
    """A NaN in it would show: in the output, or in the gradient of a masked sum."""
    child = toys.child(macro.MacroSpace(1))
    others = [row for row in range(6) if row != op]
    convs = [name for name in macro.OPS if name in macro.CONV_SIZES]
    chosen = macro.OPS[op]
    touched = [(f"layer_0/in/{part}", others) for part in ("kernel", "scale", "offset")]
    for row, name in enumerate(convs):
        if name != chosen:
            kernels = ("depthwise", "pointwise") if "sep" in name else ("kernel",)
            touched += [(f"layer_0/{name}/{kernel}", ...) for kernel in kernels]
            touched += [(f"layer_0/out/{part}", row) for part in ("scale", "offset")]
    poison(child, touched)
    arc = MacroArc((op,), ((),))
    assert np.all(np.isfinite(child(images(), arc=arc).logits))
    gradient = gradient_of(child, arc)
    assert all(np.all(np.isfinite(g)) for g in gradient.values())
    # The test can fail: the op next to it does meet a NaN.
    other = child(images(), arc=MacroArc(((op + 1) % 6,), ((),))).logits
    assert np.all(np.isnan(other))


def test_the_convolutions_of_the_ops_are_inside_the_switch():
    child = toys.child(macro.MacroSpace(2))

    @tf.function(autograph=False)
    def logits(tokens):
        arc = macro.MacroSpace(2).decode(tokens)
        return child(images(), arc=arc).logits

    graph = logits.get_concrete_function(tf.constant([0, 0, 0])).graph.as_graph_def()
    kinds = [node.op for node in graph.node]
    assert kinds.count("Conv2D") == 1  # the stem's
    assert "DepthwiseConv2dNative" not in kinds and "MaxPool" not in kinds
    assert kinds.count("StatelessCase") + kinds.count("Case") == 2
    inside = [node.op for one in graph.library.function for node in one.node_def]
    assert inside.count("DepthwiseConv2dNative") == 4  # two ops in two layers


@pytest.mark.parametrize("bits", [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_a_skip_bit_adds_exactly_its_source_and_bit_0_is_the_stem(bits):
    layer = macro_child.MacroLayer(("maxpool3x3",), name="layer")
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
    ours = layer(sources, op=tf.constant(0), skips=tf.constant(bits), weights=weights)
    # The last source is the op's input; stem and first layer can be added.
    x = tf.nn.relu(image_ops.batch_norm(sources[-1] @ kernel, ones, zeros))
    total = image_ops.max_pool(x) + bits[0] * sources[0] + bits[1] * sources[1]
    wanted = image_ops.batch_norm(total, ones * 2.0, ones)
    np.testing.assert_allclose(ours, wanted, rtol=1e-4, atol=1e-4)


def seen_shapes(monkeypatch, child, x, arc):
    """The shapes of the op inputs of all layers, in order."""
    shapes, call = [], macro_child.MacroLayer.call

    def watched(self, sources, **rest):
        assert len({tuple(source.shape) for source in sources}) == 1
        shapes.append(tuple(sources[-1].shape))
        return call(self, sources, **rest)

    monkeypatch.setattr(macro_child.MacroLayer, "call", watched)
    child(x, arc=arc)
    return shapes


def test_everything_is_halved_after_each_third_of_the_layers(monkeypatch):
    space = macro.MacroSpace(12)
    child = toys.child(space, shape=(32, 32, 3))
    arc = space.decode(space.random(np.random.default_rng(0), 1)[0])
    x = np.zeros((2, 32, 32, 3), np.float32)
    shapes = seen_shapes(monkeypatch, child, x, arc)
    assert shapes == [(2, size, size, 4) for size in [32] * 4 + [16] * 4 + [8] * 4]


def test_fewer_than_three_layers_are_not_halved(monkeypatch):
    child = toys.child(macro.MacroSpace(2))
    shapes = seen_shapes(monkeypatch, child, images(), MacroArc((0, 1), ((), (1,))))
    assert shapes == [(4, 8, 8, 4)] * 2


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("channels", [1, 3])
def test_few_layers_and_any_channels_give_logits_for_every_class(layers, channels):
    space = macro.MacroSpace(layers)
    child = toys.child(space, shape=(8, 8, channels))
    arc = space.decode(space.random(np.random.default_rng(0), 1)[0])
    logits = child(images(channels=channels), arc=arc).logits
    assert logits.shape == (4, toys.NUM_CLASSES)
    assert np.all(np.isfinite(logits))


def test_dropout_is_for_training_only():
    child = toys.child(out_filters=16, keep_prob=0.5)
    arc = MacroArc((0, 1), ((), (1,)))

    def logits(**rest):
        return child(images(), arc=arc, **rest).logits.numpy()

    plain = logits()
    np.testing.assert_allclose(logits(training=False, seed=SEED), plain, rtol=1e-5)
    dropped = logits(training=True, seed=SEED)
    assert np.abs(dropped - plain).max() > 1e-3
    np.testing.assert_allclose(logits(training=True, seed=SEED), dropped, rtol=1e-5)
    other = logits(training=True, seed=tf.constant([1, 3]))
    assert np.abs(dropped - other).max() > 1e-3


def test_an_image_is_normalised_by_the_batch_in_evaluation_too():
    child = toys.child()
    arc = MacroArc((0, 1), ((), (1,)))
    alone = child(images()[:2], arc=arc).logits
    among = child(images(), arc=arc).logits[:2]
    assert np.abs(alone - among).max() > 1e-3
    assert [weight.path for weight in child.non_trainable_weights] == []


def test_a_graph_gives_what_eager_execution_gives_with_one_trace():
    space = macro.MacroSpace(3)
    child = toys.child(space)

    @tf.function(autograph=False)
    def logits(tokens):
        return child(images(), arc=space.decode(tokens)).logits

    for tokens in space.random(np.random.default_rng(0), 4):
        wanted = child(images(), arc=space.decode(tokens)).logits
        ours = logits(tf.constant(tokens))
        np.testing.assert_allclose(ours, wanted, rtol=1e-3, atol=1e-4)
    assert logits.experimental_get_tracing_count() == 1
