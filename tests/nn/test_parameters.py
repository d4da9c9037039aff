"""Named weights in one vector."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn.parameters import Packed, Parameters, Weight

SPECS = [
    Weight("a/kernel", (2, 3), fan_in=2),
    Weight("a/scale", (3,), constant=1.0),
    Weight("a/offset", (3,)),
    Weight("b/kernel", (2, 3), fan_in=2),
]


def test_the_vector_holds_the_weights_in_the_order_given():
    parameters = Parameters(SPECS, seed=0)
    parameters.vector.assign(tf.range(18.0))
    views = {name: view.numpy() for name, view in parameters.views().items()}
    assert list(views) == ["a/kernel", "a/scale", "a/offset", "b/kernel"]
    np.testing.assert_array_equal(views["a/kernel"], [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(views["a/scale"], [6, 7, 8])
    np.testing.assert_array_equal(views["b/kernel"], [[12, 13, 14], [15, 16, 17]])


def test_any_vector_can_be_unpacked_by_the_same_names():
    parameters = Parameters(SPECS, seed=0)
    gradient = parameters.unpack(tf.ones([18]) * 2.0)
    np.testing.assert_array_equal(gradient["a/offset"], [2, 2, 2])
    assert gradient["b/kernel"].shape == (2, 3)


def test_a_gradient_reaches_the_vector_through_a_view():
    parameters = Parameters(SPECS, seed=0)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(parameters.views()["a/scale"] * [1.0, 2.0, 3.0])
    gradient = parameters.unpack(tape.gradient(loss, parameters.vector))
    np.testing.assert_array_equal(gradient["a/scale"], [1, 2, 3])
    np.testing.assert_array_equal(gradient["b/kernel"], np.zeros((2, 3)))


def test_constants_start_as_told():
    views = Parameters(SPECS, seed=0).views()
    np.testing.assert_array_equal(views["a/scale"], [1, 1, 1])
    np.testing.assert_array_equal(views["a/offset"], [0, 0, 0])


@pytest.mark.parametrize("fan_in", [9, 36, 324])
def test_kernels_start_as_a_truncated_normal_of_he_deviation(fan_in):
    view = Parameters([Weight("k", (100, 200), fan_in=fan_in)], seed=0).views()["k"]
    deviation = np.sqrt(2.0 / fan_in)
    # A normal cut at two deviations keeps 0.8796 of its own.
    np.testing.assert_allclose(np.std(view), 0.8796 * deviation, rtol=0.02)
    assert np.abs(view).max() <= 2.0 * deviation
    assert abs(np.mean(view)) < 0.03 * deviation


@pytest.mark.parametrize("bound", [0.04, 0.1])
def test_uniform_weights_start_between_minus_and_plus_their_bound(bound):
    weight = Weight("w", (100, 200), uniform=bound)
    view = Parameters([weight], seed=0).views()["w"].numpy()
    assert view.dtype == np.float32
    assert 0.99 * bound < view.max() <= bound and -bound <= view.min() < -0.99 * bound
    np.testing.assert_allclose(np.std(view), bound / np.sqrt(3.0), rtol=0.02)
    other = Parameters([weight._replace(name="v")], seed=0).views()["v"]
    assert np.mean(view == other) < 0.01


def test_equal_shapes_start_with_different_values():
    views = Parameters(SPECS, seed=0).views()
    assert not np.array_equal(views["a/kernel"], views["b/kernel"])


def test_the_seed_decides_the_start():
    first, again, other = (Parameters(SPECS, seed=s).vector.numpy() for s in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_start_of_a_weight_does_not_depend_on_its_neighbours():
    alone = Parameters([SPECS[3]], seed=0).views()["b/kernel"]
    np.testing.assert_array_equal(Parameters(SPECS, seed=0).views()["b/kernel"], alone)


def values():
    return {
        weight.name: np.full(weight.shape, float(number), np.float32)
        for number, weight in enumerate(SPECS)
    }


def test_loading_sets_every_weight_by_name():
    parameters = Parameters(SPECS, seed=0)
    parameters.load(dict(reversed(values().items())))
    for name, wanted in values().items():
        np.testing.assert_array_equal(parameters.views()[name], wanted)


def test_loading_refuses_other_names_and_shapes():
    parameters = Parameters(SPECS, seed=0)
    with pytest.raises(AssertionError):
        parameters.load({**values(), "c": np.zeros(1, np.float32)})
    with pytest.raises(AssertionError):
        parameters.load({**values(), "a/scale": np.zeros((1, 3), np.float32)})


def test_two_weights_of_one_name_are_refused():
    with pytest.raises(AssertionError, match="one name"):
        Parameters([SPECS[0], SPECS[0]], seed=0)


PACKED = Packed(
    "bank",
    3,
    (
        Weight("x/kernel", (2, 2), fan_in=2),
        Weight("x/scale", (2,), constant=1.0),
        Weight("y/kernel", (1, 2), fan_in=9),
    ),
)


def test_a_packed_weight_is_one_view_and_unpacks_to_its_pieces():
    parameters = Parameters([SPECS[1], PACKED], seed=0)
    parameters.vector.assign(tf.range(27.0))
    assert list(parameters.views()) == ["a/scale", "bank"]
    assert parameters.views()["bank"].shape == (3, 8)
    pieces = parameters.unpack(parameters.vector)
    # The vector begins with a/scale; a row holds x/kernel, x/scale, y/kernel.
    np.testing.assert_array_equal(pieces["bank/x/kernel"][0], [[3, 4], [5, 6]])
    np.testing.assert_array_equal(pieces["bank/x/scale"][1], [15, 16])
    np.testing.assert_array_equal(pieces["bank/y/kernel"][2], [[25, 26]])


def test_a_row_gives_its_neighbouring_pieces_by_the_rest_of_their_names():
    row = tf.range(8.0)
    pieces = PACKED.take(row, "x/")
    assert list(pieces) == ["kernel", "scale"]
    np.testing.assert_array_equal(pieces["kernel"], [[0, 1], [2, 3]])
    np.testing.assert_array_equal(pieces["scale"], [4, 5])
    np.testing.assert_array_equal(PACKED.take(row, "y/")["kernel"], [[6, 7]])


def test_the_pieces_of_a_packed_weight_start_each_in_its_own_way():
    piece = Weight("k", (50, 50), fan_in=9)
    packed = Packed("bank", 4, (piece, piece._replace(name="l", fan_in=324)))
    views = Parameters([packed], seed=0)
    pieces = views.unpack(views.vector)
    for name, fan_in in (("bank/k", 9), ("bank/l", 324)):
        wanted = 0.8796 * np.sqrt(2.0 / fan_in)
        np.testing.assert_allclose(np.std(pieces[name]), wanted, rtol=0.03)
    assert not np.array_equal(pieces["bank/k"][0], pieces["bank/k"][1])


def test_a_packed_weight_is_loaded_by_its_pieces():
    parameters = Parameters([PACKED], seed=0)
    pieces = {
        weight.name: np.full(weight.shape, float(number), np.float32)
        for number, weight in enumerate(PACKED.stacked())
    }
    parameters.load(pieces)
    for name, value in parameters.unpack(parameters.vector).items():
        np.testing.assert_array_equal(value, pieces.get(name, value))
    with pytest.raises(AssertionError, match="other names"):
        parameters.load({**pieces, "bank": np.zeros((3, 8), np.float32)})
