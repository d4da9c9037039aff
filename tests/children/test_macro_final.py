import keras
import numpy as np
import pytest
import tensorflow as tf

from enas_tf.children import final_macro
from enas_tf.config.sections import ChildConfig
from enas_tf.nn import cost, image_ops
from enas_tf.spaces import macro

SIZE = (12, 12, 3)
NO_SKIPS = "0 | 1 0 | 2 0 0 | 3 0 0 0 | 4 0 0 0 0 | 5 0 0 0 0 0"
ALL_SKIPS = "5 | 4 1 | 3 1 1 | 2 1 1 1 | 1 1 1 1 1 | 0 1 1 1 1 1"
MIXED = "0 | 1 1 | 2 0 1 | 3 1 0 1 | 4 0 1 1 0 | 5 1 0 0 0 1"


def build(arc: str, *, image_shape=SIZE, classes=5, seed=0, training=False, **settings):
    layers = len(arc.split("|"))
    settings = {"out_filters": 4, "keep_prob": 1.0} | settings
    return final_macro.final_macro_child(
        macro.MacroSpace(layers).parse(arc),
        ChildConfig(**settings),
        image_shape=image_shape,
        num_classes=classes,
        seed=seed,
        training=training,
    )


def images(shape, count=4):
    pixels = np.random.default_rng(0).normal(size=(count, *shape))
    return pixels.astype("float32")


@pytest.mark.parametrize(
    "filters, plain, parameters",
    [(96, False, 30_947_424), (96, True, 42_559_392), (36, True, 5_997_852)],
)
def test_the_published_arc_has_the_published_size(filters, plain, parameters):
    model = build(
        macro.ENAS_24,
        image_shape=(32, 32, 3),
        classes=10,
        out_filters=filters,
        plain_separable=plain,
    )
    assert cost.parameters(model) == parameters


@pytest.mark.parametrize("arc", ["3", "0 | 1 1", "0 | 4 0", NO_SKIPS, ALL_SKIPS, MIXED])
@pytest.mark.parametrize("shape", [(12, 12, 3), (8, 8, 1), (7, 9, 1)])
def test_any_arc_and_image_gives_logits(arc, shape):
    logits = build(arc, image_shape=shape)(images(shape))
    assert logits.shape == (4, 5)
    assert np.isfinite(logits).all()


@pytest.mark.parametrize("arc", [NO_SKIPS, ALL_SKIPS, MIXED])
@pytest.mark.parametrize("shape", [(12, 12, 3), (7, 10, 3)])
def test_equals_the_same_arc_written_down_by_hand(arc, shape):
    model = build(arc, image_shape=shape)
    shuffle_norms(model)
    x = images(shape)
    wanted = by_hand(macro.MacroSpace(6).parse(arc), x, model)
    np.testing.assert_allclose(model(x, training=True), wanted, rtol=1e-4, atol=1e-5)


def shuffle_norms(model):
    """Scales and offsets that are not 1 and 0."""
    rng = np.random.default_rng(1)
    for weight in model.trainable_weights:
        if weight.path.endswith(("gamma", "beta")):
            weight.assign(rng.uniform(0.5, 1.5, weight.shape))


def by_hand(arc, x, model):
    """The network of reference code `_fixed_layer`, with the weights of `model`."""
    weights = {w.path: tf.convert_to_tensor(w.value) for w in model.weights}

    def norm(x, name):
        gamma, beta = weights[f"{name}_bn/gamma"], weights[f"{name}_bn/beta"]
        return image_ops.batch_norm(x, gamma, beta)

    def conv_norm(x, name):
        return norm(image_ops.conv(x, weights[f"{name}/kernel"]), name)

    def op(x, name, number):
        if number == 4:
            return image_ops.avg_pool(x)
        if number == 5:
            return image_ops.max_pool(x)
        size = (3, 3, 5, 5)[number]
        if number in (0, 2):
            return conv_norm(x, f"{name}_conv_{size}x{size}")
        path = f"{name}_sepconv_{size}x{size}"
        depthwise = weights[f"{path}/depthwise_kernel"]
        point = weights[f"{path}/pointwise_kernel"][0, 0]
        return norm(image_ops.separable_conv(x, depthwise, point), path)

    def halved(x, name):
        paths = [f"{name}_path1/kernel", f"{name}_path2/kernel"]
        if paths[0] not in weights:
            return x  # nobody reads it
        kernels = [weights[path][0, 0] for path in paths]
        scales = weights[f"{name}_bn/gamma"], weights[f"{name}_bn/beta"]
        return image_ops.factorized_reduction(x, *kernels, *scales)

    sources = [conv_norm(x, "stem_conv")]
    for layer, (number, skips) in enumerate(zip(arc.ops, arc.skips, strict=True)):
        name = f"layer_{layer}"
        y = conv_norm(tf.nn.relu(sources[-1]), f"{name}_conv_1x1")
        y = op(tf.nn.relu(y), name, number)
        if layer:
            read = [sources[i] for i, bit in enumerate(skips) if bit]
            joined = tf.nn.relu(tf.concat([*read, y], axis=3))
            y = conv_norm(joined, f"{name}_skip")
        sources.append(y)
        if layer in (1, 3):
            sources = [
                halved(x, f"pool_{layer}_from_{i}") for i, x in enumerate(sources)
            ]
    return tf.matmul(image_ops.global_average(sources[-1]), weights["fc/kernel"])


@pytest.mark.parametrize("arc", [NO_SKIPS, ALL_SKIPS, MIXED])
def test_every_weight_gets_a_gradient(arc):
    model = build(arc)
    values = [weight.value for weight in model.trainable_weights]
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(images(SIZE), training=True) ** 2)
    assert all(gradient is not None for gradient in tape.gradient(loss, values))


def test_a_reduction_that_no_layer_reads_is_left_out():
    reductions = {
        layer.name.removesuffix("_path1")
        for layer in build(NO_SKIPS).layers
        if layer.name.endswith("_path1")
    }
    assert reductions == {"pool_1_from_2", "pool_3_from_4"}


def test_filters_double_at_each_pool_layer():
    model = build(ALL_SKIPS)
    shapes = [model.get_layer(f"layer_{i}_skip").output.shape[1:] for i in range(1, 6)]
    assert shapes == [(12, 12, 4), (6, 6, 8), (6, 6, 8), (3, 3, 16), (3, 3, 16)]


def test_plain_separable_builds_plain_convolutions():
    names = {layer.name for layer in build("1 | 3 1", plain_separable=True).layers}
    assert {"layer_0_conv_3x3", "layer_1_conv_5x5"} <= names
    assert not any("sepconv" in name for name in names)


def test_weights_are_named_by_their_place():
    assert [weight.path for weight in build("0 | 1 1").trainable_weights] == [
        "stem_conv/kernel",
        "stem_conv_bn/gamma",
        "stem_conv_bn/beta",
        "layer_0_conv_1x1/kernel",
        "layer_0_conv_1x1_bn/gamma",
        "layer_0_conv_1x1_bn/beta",
        "layer_0_conv_3x3/kernel",
        "layer_0_conv_3x3_bn/gamma",
        "layer_0_conv_3x3_bn/beta",
        "layer_1_conv_1x1/kernel",
        "layer_1_conv_1x1_bn/gamma",
        "layer_1_conv_1x1_bn/beta",
        "layer_1_sepconv_3x3/depthwise_kernel",
        "layer_1_sepconv_3x3/pointwise_kernel",
        "layer_1_sepconv_3x3_bn/gamma",
        "layer_1_sepconv_3x3_bn/beta",
        "layer_1_skip/kernel",
        "layer_1_skip_bn/gamma",
        "layer_1_skip_bn/beta",
        "fc/kernel",
    ]


def test_all_layers_are_stock():
    for layer in build(MIXED, keep_prob=0.5).layers:
        assert type(layer).__module__.startswith("keras.src.layers."), layer
        assert getattr(layer, "use_bias", False) is False


def test_a_model_to_train_has_the_same_weights_in_the_same_order():
    """A checkpoint knows them by their number."""
    paths = [
        [w.path for w in build(MIXED, training=training).weights]
        for training in (True, False)
    ]
    assert paths[0] == paths[1]


def test_dropout_has_the_rate_asked_for_and_is_left_out_when_all_is_kept():
    kept = build("0", keep_prob=0.8).get_layer("fc_dropout")
    assert kept.rate == pytest.approx(0.2)
    assert not any(
        isinstance(layer, keras.layers.Dropout)
        for layer in build("0", keep_prob=1.0).layers
    )


def test_weights_follow_from_the_seed():
    first, again, other = (build(MIXED, seed=seed) for seed in (1, 1, 2))
    for a, b in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    kernels = [
        [w.numpy() for w in model.weights if w.path.endswith("kernel")]
        for model in (first, other)
    ]
    assert not any(np.array_equal(a, b) for a, b in zip(*kernels, strict=True))


def test_no_two_kernels_of_one_shape_start_equal():
    kernels = [
        w.numpy().tobytes() for w in build(ALL_SKIPS).weights if len(w.shape) > 1
    ]
    assert len(set(kernels)) == len(kernels)


@pytest.mark.parametrize(
    "path, fan_in",
    [
        ("stem_conv/kernel", 27),
        ("layer_0_conv_1x1/kernel", 64),
        ("layer_0_sepconv_5x5/depthwise_kernel", 25),
        ("layer_0_sepconv_5x5/pointwise_kernel", 64),
        ("fc/kernel", 64),
    ],
)
def test_initial_weights_are_he_normal_for_the_kernel_applied(path, fan_in):
    model = build("3", out_filters=64)
    values = next(w.numpy() for w in model.weights if w.path == path)
    sigma = (2 / fan_in) ** 0.5
    # A normal that is cut at two sigma has 0.8796 of its standard deviation.
    assert values.std() == pytest.approx(0.8796 * sigma, rel=0.1)
    assert np.abs(values).max() <= 2 * sigma


def test_batch_statistics_are_averaged_with_momentum():
    norm = build("0").get_layer("stem_conv_bn")
    assert (norm.momentum, norm.epsilon) == (0.9, 1e-5)
