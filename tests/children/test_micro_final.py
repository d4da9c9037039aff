"""The final micro child: sizes, what reads what, and what is for training only."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from enas_tf.children import aux_head, final_micro
from enas_tf.config.sections import ChildConfig
from enas_tf.nn import cost, image_ops
from enas_tf.nn.drop_path import DropPath
from enas_tf.spaces import micro

# Two blocks. Normal: node 2 = sepconv3x3(0) + identity(0), node 3 = both pools of 2;
# node 1 is unread. Reduce: node 2 = sepconv5x5(1) + identity(1), node 3 = both pools
# of node 1; node 0 is unread.
UNREAD = "0 0 0 4 | 2 2 2 3 | 1 1 1 4 | 1 2 1 3"
# The same the other way round: nodes 0 and 1 change places.
OTHER = "1 0 1 4 | 2 2 2 3 | 0 1 0 4 | 0 2 0 3"
SIZE = (20, 20, 3)


def build(arc, *, shape=SIZE, classes=5, seed=0, training=False, **settings):
    space = micro.MicroSpace(micro.blocks_of_length(len(arc.replace("|", "").split())))
    small = dict(num_layers=3, out_filters=4, keep_prob=1.0, use_aux_heads=True)
    return final_micro.final_micro_child(
        space.parse(arc),
        ChildConfig(**(small | settings)),
        image_shape=shape,
        num_classes=classes,
        seed=seed,
        training=training,
    )


to_train = functools.partial(build, training=True, drop_path_keep_prob=0.6)


def noise(shape, count=4):
    return np.random.default_rng(3).normal(size=(count, *shape)).astype("float32")


@pytest.fixture(scope="module")
def published():
    """The published arc in the published size, with all that trains it."""
    shape = dict(shape=(32, 32, 3), classes=10)
    return to_train(micro.ENAS_MICRO, num_layers=15, out_filters=36, **shape)


def test_the_published_arc_has_the_published_size(published):
    size = {True: 0, False: 0}
    for weight in published.trainable_weights:
        size[weight.path.startswith("aux_head")] += weight.numpy().size
    assert size == {True: 494_848, False: 3_894_372}


def test_the_published_arc_at_48_filters_has_the_published_size():
    shape = dict(shape=(32, 32, 3), classes=10)
    model = build(micro.ENAS_MICRO, num_layers=15, out_filters=48, **shape)
    assert cost.parameters(model) == 6_747_120


def test_maps_are_halved_and_filters_doubled_by_the_cells_that_reduce(published):
    found = [published.get_layer(f"layer_{n}_concat").output.shape for n in range(17)]
    # Of the published cells 5 and 4 nodes are loose ends.
    assert [shape[1:] for shape in found] == [
        *[(32, 32, 5 * 36)] * 5,
        (16, 16, 4 * 72),
        *[(16, 16, 5 * 72)] * 5,
        (8, 8, 4 * 144),
        *[(8, 8, 5 * 144)] * 5,
    ]
    assert published.get_layer("aux_head_pool").input.shape[1:] == (8, 8, 720)
    assert published.get_layer("aux_head_pool").output.shape[1:] == (2, 2, 720)


def test_drop_path_is_on_all_ops_but_identity_and_stronger_the_deeper(published):
    layers = {x.name: x for x in published.layers if isinstance(x, DropPath)}
    # Normal cells have 3 identities among 10 operands, reduction cells 1.
    arc = micro.MicroSpace(5).parse(micro.ENAS_MICRO)
    identity = micro.OPS.index("identity")
    kept = [len(c.ops) - list(c.ops).count(identity) for c in arc]
    assert len(layers) == 15 * kept[0] + 2 * kept[1]
    first = layers["layer_0_cell_0_y_conv_drop_path"]
    last = layers["layer_16_cell_4_y_conv_drop_path"]
    assert first.keep_prob == pytest.approx(1 - 0.4 / 17)
    assert last.keep_prob == pytest.approx(0.6)
    assert len({id(layer.clock) for layer in layers.values()}) == 1


@pytest.mark.parametrize("arc", [UNREAD, OTHER])
@pytest.mark.parametrize("shape", [(20, 20, 3), (8, 8, 1), (7, 9, 1)])
def test_any_arc_and_image_gives_logits(arc, shape):
    logits = build(arc, shape=shape)(noise(shape))
    assert logits.shape == (4, 5)
    assert np.isfinite(logits).all()


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("arc", [UNREAD, OTHER])
def test_equals_the_same_arc_written_down_by_hand(arc, layers):
    model = build(arc, shape=(9, 8, 3), num_layers=layers)
    rng = np.random.default_rng(1)
    for weight in model.trainable_weights:
        if weight.path.endswith(("gamma", "beta")):  # that are not 1 and 0
            weight.assign(rng.uniform(0.5, 1.5, weight.shape))
    x = noise((9, 8, 3))
    wanted = ByHand(model).logits(micro.MicroSpace(2).parse(arc), layers, x)
    np.testing.assert_allclose(model(x, training=True), wanted, rtol=1e-4, atol=1e-5)


class ByHand:
    """The network of reference code `_fixed_layer`, with the weights of a model."""

    def __init__(self, model):
        self.weights = {w.path: tf.convert_to_tensor(w.value) for w in model.weights}

    def norm(self, x, name):
        scale, offset = (self.weights[f"{name}_bn/{w}"] for w in ("gamma", "beta"))
        return image_ops.batch_norm(x, scale, offset)

    def conv(self, x, name):
        kernel = self.weights.get(f"{name}/kernel")
        return x if kernel is None else self.norm(image_ops.conv(x, kernel), name)

    def halved(self, x, name):
        paths = [self.weights[f"{name}_path{i}/kernel"][0, 0] for i in (1, 2)]
        scales = [self.weights[f"{name}_bn/{w}"] for w in ("gamma", "beta")]
        return image_ops.factorized_reduction(x, *paths, *scales)

    def op(self, x, op, stride, name):
        if op == 4:
            return x if stride == 1 else self.halved(x, name)
        if op > 1:
            pool = tf.nn.avg_pool2d if op == 2 else tf.nn.max_pool2d
            return pool(x, 3, stride, "SAME")
        for stack, by in enumerate((stride, 1)):
            path = f"{name}_sep_conv_{stack}"
            kernels = [
                self.weights[f"{path}/{w}wise_kernel"] for w in ("depth", "point")
            ]
            kernels[1] = kernels[1][0, 0]
            x = image_ops.separable_conv(tf.nn.relu(x), *kernels, stride=by)
            x = self.norm(x, path)
        return x

    def cell(self, a, b, cell, stride, name):
        if a.shape[1] != b.shape[1]:
            a = self.halved(tf.nn.relu(a), f"{name}_calibrate_pool_x")
        elif f"{name}_calibrate_pool_x/kernel" in self.weights:
            a = self.conv(tf.nn.relu(a), f"{name}_calibrate_pool_x")
        if f"{name}_calibrate_pool_y/kernel" in self.weights:
            b = self.conv(tf.nn.relu(b), f"{name}_calibrate_pool_y")
        nodes = [a, self.conv(tf.nn.relu(b), f"{name}_layer_base")]
        for block in (0, 1):
            total = 0.0
            for i, side in enumerate("xy"):
                node, op = cell.inputs[2 * block + i], cell.ops[2 * block + i]
                path = f"{name}_cell_{block}_{side}_conv"
                by = stride if node < 2 else 1
                total += self.op(nodes[node], op, by, path)
            nodes.append(total)
        ends = [n for n in range(4) if n not in cell.inputs]
        if stride == 2:
            for n in {0, 1} & set(ends):
                path = f"{name}_final_combine_calibrate_{n}"
                nodes[n] = self.halved(nodes[n], path)
        return tf.concat([nodes[n] for n in ends], axis=3)

    def logits(self, arc, layers, x):
        a = b = self.conv(x, "stem_conv")
        reduces = {1: (0, 1), 2: (0, 1), 3: (1, 3)}[layers]
        for n in range(layers + 2):
            cell, stride = (arc.reduce, 2) if n in reduces else (arc.normal, 1)
            a, b = b, self.cell(a, b, cell, stride, f"layer_{n}")
        pooled = image_ops.global_average(tf.nn.relu(b))
        return tf.matmul(pooled, self.weights["fc/kernel"])


@pytest.mark.parametrize("arc", [UNREAD, OTHER])
def test_every_weight_gets_a_gradient(arc):
    model = to_train(arc)
    values = [weight.value for weight in model.trainable_weights]
    with tf.GradientTape() as tape:
        losses = [tf.reduce_sum(x**2) for x in model(noise(SIZE), training=True)]
        loss = tf.add_n(losses)
    assert all(gradient is not None for gradient in tape.gradient(loss, values))


def test_an_unread_input_of_a_reduction_cell_is_halved_before_it_is_passed_on():
    for arc, node in ((UNREAD, 0), (OTHER, 1)):
        halved = {
            layer.name.removesuffix("_path1")
            for layer in build(arc).layers
            if "combine" in layer.name and layer.name.endswith("_path1")
        }
        assert halved == {f"layer_{n}_final_combine_calibrate_{node}" for n in (1, 3)}


def test_what_is_exported_is_of_stock_layers_alone_and_has_one_answer():
    model = build(UNREAD, drop_path_keep_prob=0.6, keep_prob=0.5)
    assert {type(x).__module__.split(".")[0] for x in model.layers} == {"keras"}
    assert all(type(x) is getattr(keras.layers, type(x).__name__) for x in model.layers)
    assert not any(layer.name.startswith("aux_head") for layer in model.layers)
    assert model.output_shape == (None, 5)


def test_weights_of_one_path_are_those_of_the_trained_model_to_begin_with():
    trained = {w.path: w.numpy() for w in to_train(UNREAD).weights}
    exported = {w.path: w.numpy() for w in build(UNREAD).weights}
    assert len(exported) < len(trained)
    for path, value in exported.items():
        np.testing.assert_array_equal(value, trained[path])
    assert {path for path in trained if not path.startswith("aux_head")} == set(
        exported
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_model_with_nothing_for_training_only_has_its_weights_in_the_same_order(seed):
    """A checkpoint knows them by their number."""
    space = micro.MicroSpace(5)
    arc = space.text(space.decode(space.random(np.random.default_rng(seed), 1)[0]))
    alike = functools.partial(build, arc, use_aux_heads=False, shape=(16, 16, 3))
    trained, exported = (alike(training=training).weights for training in (True, False))
    assert [w.path for w in trained] == [w.path for w in exported]


def test_both_models_answer_alike():
    trained, exported = to_train(UNREAD), build(UNREAD)
    x = noise(SIZE)
    logits, _ = trained(x, training=False)
    np.testing.assert_array_equal(logits, exported(x, training=False))


@pytest.mark.parametrize(
    ("side", "asked", "answers"), [(17, True, 2), (16, True, 1), (17, False, 1)]
)
def test_the_auxiliary_head_needs_a_map_of_5x5(side, asked, answers, caplog):
    with caplog.at_level("INFO", logger="absl"):
        model = build(UNREAD, shape=(side, 32, 1), training=True, use_aux_heads=asked)
    assert len(model.outputs) == answers
    lines = [r.getMessage() for r in caplog.records if "uxiliary" in r.getMessage()]
    assert len(lines) == int(asked and answers == 1)
    assert all("4x8" in line for line in lines)


def test_nothing_is_logged_where_no_auxiliary_head_is_asked_for(caplog):
    config = ChildConfig(use_aux_heads=False)
    with caplog.at_level("INFO", logger="absl"):
        assert not aux_head.fits(config, (8, 8, 1))
    assert not caplog.records


def test_no_drop_path_where_every_path_is_kept():
    layers = build(UNREAD, training=True, drop_path_keep_prob=1.0).layers
    assert not any(isinstance(layer, DropPath) for layer in layers)


def test_the_seed_decides_the_weights():
    def kernels(seed):
        weights = to_train(UNREAD, seed=seed).weights
        return [w.numpy().tobytes() for w in weights if w.path.endswith("kernel")]

    assert kernels(1) == kernels(1)
    assert not set(kernels(1)) & set(kernels(2))
    assert len(set(kernels(1))) == len(kernels(1))
