"""An op made of Keras layers: its shared form is its final form, on other weights."""

import keras
import numpy as np
import plugin_files
import pytest
import tensorflow as tf
from keras import layers

from enas_tf import plugin
from enas_tf.children import op_forms, op_trial
from enas_tf.children.op_kinds import Spot
from enas_tf.nn import halves
from enas_tf.nn.parameters import Packed, Parameters, Weight
from enas_tf.plugin.layered import Layered

CHANNELS = 4
X = np.random.default_rng(0).normal(size=(2, 6, 6, CHANNELS)).astype("float32")


def chain(spot):
    return [
        layers.ReLU(),
        layers.Conv2D(spot.filters, 3, dilation_rate=2, padding="same"),
        layers.BatchNormalization(),
    ]


def squeeze(x, spot):
    gate = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gate = layers.Dense(spot.filters, activation="sigmoid")(gate)
    return layers.Multiply()([x, gate])


def halving(spot):
    return layers.SeparableConv2D(spot.filters, 3, spot.stride, padding="same")


def final(op, *, seed=0, name="spot", stride=1):
    x = keras.Input(X.shape[1:], name="x")
    spot = Spot(name, CHANNELS, seed, training=False, stride=stride)
    return keras.Model(x, op.final(x, spot))


@pytest.mark.parametrize("build", [chain, squeeze, halving])
def test_both_forms_compute_the_same_with_the_same_weights(build):
    op = Layered("own", build)
    model = final(op)
    names = [weight.name.removeprefix("p/") for weight in op.weights("p", CHANNELS)]
    weights = dict(zip(names, model.trainable_variables, strict=True))
    values = {name: tf.convert_to_tensor(w.value) for name, w in weights.items()}
    shared = tf.function(op.apply, autograph=False)(tf.constant(X), values)
    np.testing.assert_allclose(shared, model(X, training=True), atol=1e-6)


def test_batch_normalisation_goes_by_the_batch_in_the_shared_form():
    op = Layered("own", chain)
    bank = Parameters(op.weights("p", CHANNELS), seed=0)
    views = {name.removeprefix("p/"): view for name, view in bank.views().items()}
    assert list(views) == ["1/kernel", "1/bias", "2/gamma", "2/beta"]
    mean = tf.reduce_mean(op.apply(5.0 + X, views), axis=(0, 1, 2))
    np.testing.assert_allclose(mean, np.zeros(CHANNELS), atol=1e-5)


def test_the_shared_form_reads_no_variable_and_has_a_gradient():
    op = Layered("own", squeeze)
    shapes = [tf.TensorSpec(w.shape) for w in op.weights("p", CHANNELS)]
    names = [w.name.removeprefix("p/") for w in op.weights("p", CHANNELS)]

    def value(x, *views):
        return op.apply(x, dict(zip(names, views, strict=True)))

    cut = halves.cut(value, [tf.TensorSpec(X.shape), *shapes])  # or a ValueError
    assert len(cut.differentiable) == 1 + len(names)


def test_first_values_follow_from_seed_and_place():
    first, again, other, elsewhere = (
        final(Layered("own", chain), **how).get_weights()[0]
        for how in ({}, {}, dict(seed=1), dict(name="there"))
    )
    assert (first == again).all()
    assert not (first == other).any() and not (first == elsewhere).any()


def test_the_layers_are_named_by_their_place():
    assert [layer.name for layer in final(Layered("own", squeeze)).layers[1:]] == [
        "spot_0",
        "spot_1",
        "spot_2",
    ]


def test_each_row_of_a_bank_begins_as_the_layer_would():
    (kernel, _) = Layered("own", halving).weights("p", CHANNELS)[1:]
    bank = Parameters([Packed("edges", 50, (kernel,))], seed=0)
    rows = bank.unpack(bank.vector)["edges/p/0/pointwise_kernel"]
    limit = np.sqrt(6 / (CHANNELS + CHANNELS))  # GlorotUniform of one kernel
    assert 0.9 * limit < np.abs(rows).max() <= limit
    assert not (rows[0] == rows[1]).numpy().any()


DRAWN = dict.fromkeys(("beta_initializer", "gamma_initializer"), "normal")


@pytest.mark.parametrize(
    ("layer", "given", "weights"),
    [
        (layers.Conv2D, dict(filters=4, kernel_size=1), "kernel bias"),
        (layers.Conv2DTranspose, dict(filters=4, kernel_size=1), "kernel bias"),
        (layers.DepthwiseConv2D, dict(kernel_size=3, padding="same"), "kernel bias"),
        (
            layers.SeparableConv2D,
            dict(filters=4, kernel_size=3, padding="same"),
            "depthwise_kernel pointwise_kernel bias",
        ),
        (layers.Dense, dict(units=4), "kernel bias"),
        (
            layers.EinsumDense,
            dict(equation="bhwc,cd->bhwd", output_shape=(None, None, 4), bias_axes="d"),
            "kernel bias",
        ),
        (
            layers.PReLU,
            dict(shared_axes=[1, 2], alpha_initializer="normal"),
            "alpha",
        ),
        (layers.BatchNormalization, DRAWN, "gamma beta"),
        (layers.LayerNormalization, DRAWN, "gamma beta"),
        (layers.GroupNormalization, dict(groups=2, **DRAWN), "gamma beta"),
        (layers.RMSNormalization, {}, "scale"),
    ],
)
def test_keras_layers_say_how_their_weights_begin(layer, given, weights):
    if weights.endswith("bias"):
        given = given | dict(bias_initializer="normal")
    op = Layered("own", lambda spot: [layer(**given)])
    found = {weight.name: weight for weight in op.weights("p", CHANNELS)}
    assert list(found) == [f"p/0/{name}" for name in weights.split()]
    if layer is layers.RMSNormalization:
        assert found["p/0/scale"].constant == 1.0
        return
    for weight in found.values():
        one, same, other = (weight.initial(seed)(weight.shape) for seed in (1, 1, 2))
        assert (one == same).numpy().all() and not (one == other).numpy().any()


@pytest.mark.parametrize("build", [chain, halving])
def test_a_stride_halves_the_answer_whether_the_layers_do_or_not(build):
    assert final(Layered("own", build), stride=2).output.shape == (None, 3, 3, CHANNELS)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda spot: [layers.Dropout(0.5)], "a Dropout, which draws random numbers"),
        (
            lambda spot: [layers.Conv2D(2, 1, kernel_regularizer="l2")],
            "a Conv2D with a kernel_regularizer",
        ),
        (
            lambda spot: [layers.SpectralNormalization(layers.Conv2D(2, 1))],
            "a SpectralNormalization, which draws random numbers or keeps a state",
        ),
        (
            lambda spot: [keras.Sequential([layers.ReLU()])],
            "a Sequential inside: give its layers themselves",
        ),
        (lambda spot: ["relu"], "'relu' among its layers"),
        (lambda x, spot: None, "gives a NoneType: give a list of Keras layers"),
    ],
)
def test_layers_that_a_shared_child_could_not_honour_are_refused(build, message):
    with plugin_files.forgotten(), pytest.raises(ValueError, match=message):
        plugin.op("own", build)


def test_an_op_is_in_both_image_spaces_and_passes_its_trial():
    with plugin_files.forgotten():
        plugin.op("own", chain, genotypes=("dil",))
        for table in op_forms.TABLES:
            op_trial.refuse_wrong(table.space, table["own"], CHANNELS)
        assert op_forms.MICRO["own"].row.genotype_names == ("dil",)
    assert "own" not in op_forms.MACRO.names


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("conv3x3", {}, "has an op conv3x3 already"),
        ("sepconv3x3", dict(spaces=["micro"]), "micro space has an op sepconv3x3"),
        ("own", dict(spaces="macro"), "spaces='macro': give a list of macro, micro"),
        ("own", dict(spaces=[]), r"spaces=\[\]: give a list of macro, micro"),
        ("own", dict(shared=lambda x, w: x), "only one of shared and weights"),
        ("Own", {}, "cannot name an op"),
    ],
)
def test_a_wrong_call_adds_nothing(name, given, message):
    before = [table.names for table in op_forms.TABLES]
    with plugin_files.forgotten(), pytest.raises(ValueError, match=message):
        plugin.op(name, chain, **given)
        pytest.fail("it was added")
    assert [table.names for table in op_forms.TABLES] == before


def test_a_weight_may_say_itself_how_it_begins():
    weight = Weight("w", (2,), initial=lambda seed: keras.initializers.Constant(seed))
    other = weight._replace(name="v")
    one, other = (Parameters([w], seed=0).vector for w in (weight, other))
    assert one[0] == one[1] and one[0] != other[0]
