"""Zero-cost proxies: held against NumPy on networks of a few weights."""

import keras
import numpy as np
import pytest

from enas_tf.campaign import proxies, structure
from enas_tf.children import final_macro, final_micro
from enas_tf.config.sections import ChildConfig
from enas_tf.spaces.macro import MacroSpace
from enas_tf.spaces.micro import MicroSpace
from enas_tf.spaces.rnn import RnnSpace

FIRST = np.array([[1.0, -2.0], [0.5, 3.0]])
SECOND = np.array([[-1.0], [2.0]])


def dense(*, norm=False):
    """Two inputs, two ReLUs, one output, with these weights."""
    inputs = keras.Input([2])
    x = keras.layers.Dense(2, use_bias=False, name="first")(inputs)
    if norm:
        x = keras.layers.BatchNormalization(name="norm")(x)
    x = keras.layers.ReLU(name="relu")(x)
    model = keras.Model(inputs, keras.layers.Dense(1, use_bias=False, name="second")(x))
    model.get_layer("first").set_weights([FIRST])
    model.get_layer("second").set_weights([SECOND])
    return model


def test_synflow_is_the_sum_of_weight_times_gradient_of_absolute_weights():
    first, second = np.abs(FIRST), np.abs(SECOND)
    hidden = np.ones(2) @ first
    of_second = (second[:, 0] * hidden).sum()
    of_first = (first * second[:, 0]).sum()
    assert proxies.synflow(dense()) == pytest.approx(np.log(of_first + of_second))


def test_synflow_leaves_batch_normalisation_out():
    model = dense(norm=True)
    gamma, beta, mean, variance = model.get_layer("norm").get_weights()
    model.get_layer("norm").set_weights([gamma * 7, beta + 1, mean + 2, variance * 3])
    assert proxies.synflow(model) == pytest.approx(proxies.synflow(dense()))


def test_naswot_is_the_log_determinant_of_how_patterns_agree():
    images = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]], np.float32)
    # ReLUs see 1 -2; .5 3; -1 2: on are the first, both, the second.
    on = np.array([[1, 0], [1, 1], [0, 1]])
    agree = np.array([[(a == b).sum() for b in on] for a in on])
    expected = np.log(np.linalg.det(agree))
    assert proxies.naswot(dense(), images) == pytest.approx(expected, rel=1e-5)


def test_images_that_all_relus_see_alike_have_no_determinant():
    images = np.array([[1.0, 0.0], [2.0, 0.0]], np.float32)
    assert proxies.naswot(dense(), images) == -np.inf


def test_naswot_takes_the_statistics_of_its_batch_and_leaves_the_models():
    images = np.random.default_rng(0).normal(5, 1, (4, 2)).astype(np.float32)
    model = dense(norm=True)
    before = [weight.copy() for weight in model.get_weights()]
    hidden = images @ FIRST
    on = hidden > hidden.mean(axis=0)
    agree = np.array([[(a == b).sum() for b in on] for a in on])
    expected = np.linalg.slogdet(agree)[1]
    found = proxies.naswot(model, images)
    assert found == expected or found == pytest.approx(expected, rel=1e-5)
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize(
    ("final", "arc"),
    [
        (final_macro.final_macro_child, MacroSpace(3).parse("0 1 1 4 1 0")),
        (final_micro.final_micro_child, MicroSpace(1).parse("0 1 1 3 0 0 1 4")),
    ],
)
def test_both_are_numbers_of_a_final_child(final, arc):
    config = ChildConfig(out_filters=4, num_layers=3, num_cells=1)
    model = final(arc, config, image_shape=(8, 8, 1), num_classes=3, seed=0)
    images = np.random.default_rng(0).normal(size=(6, 8, 8, 1)).astype(np.float32)
    assert np.isfinite(proxies.synflow(model))
    assert np.isfinite(proxies.naswot(model, images))


def test_the_structure_of_each_space_is_a_number():
    assert structure.of(MacroSpace(3).parse("0 1 1 4 1 0")) == ("skips", 2)
    # A chain of two blocks behind the inputs, and two blocks beside each other.
    arc = MicroSpace(2).parse("0 0 1 0 2 0 0 0 0 0 1 0 1 0 0 0")
    assert structure.of(arc) == ("depth", 2 + 1)
    assert structure.of(RnnSpace(3).parse("0 0 1 0 0 0")) == ("depth", 2)
    assert structure.of("of another program") is None
