"""What holds for the shared child of every image space: a row, and it is tried."""

import functools

import numpy as np
import pytest
import shared_children
import tensorflow as tf
import toys

from enas_tf.config import sections as config
from enas_tf.spaces import macro, micro

SEED = tf.constant([1, 2])
SPACES = {"macro": macro.MacroSpace(3), "micro": micro.MicroSpace(2)}

by_space = pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)

PARAMETERS = [
    # space, layers, filters: the count; those of 36 and 20 filters are the original's
    (macro.MacroSpace(12), 12, 36, 697_860),
    (macro.MacroSpace(12, num_ops=4), 12, 36, 665_028),
    (micro.MicroSpace(5), 6, 20, 5_373_140),
    # 29 C, one conv3x3 (C^2 + 2C + 9C^2 + 2C), 10 C, with C = 4
    (macro.MacroSpace(1, num_ops=1), 1, 4, 332),
    # Stem 87 C with C = 2. Three cells of D = 4, 8, 8 filters, each with 4 edges of a
    # twofold sepconv3x3 (22D + 2D^2), and 3D^2 + 2D for its output. Two reductions
    # 6 -> 4 and two 4 -> 8 (each their product and twice the latter). 10 D.
    (micro.MicroSpace(1, num_ops=1), 1, 2, 3_798),
]
# Sizes that are small or odd: (space, layers, channels of the image).
SIZES = [
    *[(macro.MacroSpace(layers), layers, 3) for layers in (1, 2, 3)],
    (macro.MacroSpace(2), 2, 1),
    *[(micro.MicroSpace(2), layers, 3) for layers in (1, 2, 3)],
    (micro.MicroSpace(7), 1, 1),
]


@functools.cache
def child_of(space):
    """One for all tests: most of their time goes into tracing it."""
    return toys.child(space, out_filters=8, num_layers=1, keep_prob=0.5)


def arc_of(space, seed=0):
    return space.decode(space.random(np.random.default_rng(seed), 1)[0])


def test_the_tables_are_complete():
    assert set(SPACES) == set(toys.CHILDREN) == set(config.IMAGES)
    assert {row[0].name for row in PARAMETERS} == set(SPACES)
    assert {row[0].name for row in SIZES} == set(SPACES)


@pytest.mark.parametrize(("space", "layers", "filters", "count"), PARAMETERS)
def test_it_has_so_many_parameters(space, layers, filters, count):
    sizes = dict(num_layers=layers, out_filters=filters)
    child = toys.child(space, num_classes=10, **sizes)
    assert child.count_params() == count
    assert child.parameters.vector.shape == (count,)


@pytest.mark.parametrize(("space", "layers", "channels"), SIZES)
def test_few_layers_and_any_channels_give_logits_for_every_class(
    space, layers, channels
):
    child = toys.child(space, num_layers=layers, shape=(8, 8, channels))
    x = shared_children.images(channels=channels)
    logits = child(x, arc=arc_of(space)).logits
    assert logits.shape == (4, toys.NUM_CLASSES)
    assert np.all(np.isfinite(logits))


@by_space
def test_dropout_is_for_training_only(space):
    def logits(**rest):
        x = shared_children.images()
        return child_of(space)(x, arc=arc_of(space), **rest).logits.numpy()

    plain = logits()
    np.testing.assert_allclose(logits(training=False, seed=SEED), plain, rtol=1e-5)
    dropped = logits(training=True, seed=SEED)
    assert np.abs(dropped - plain).max() > 1e-3
    np.testing.assert_allclose(logits(training=True, seed=SEED), dropped, rtol=1e-5)
    other = logits(training=True, seed=tf.constant([1, 3]))
    assert np.abs(dropped - other).max() > 1e-3


@by_space
def test_an_image_is_normalised_by_the_batch_in_evaluation_too(space):
    child, x = child_of(space), shared_children.images()
    alone = child(x[:2], arc=arc_of(space)).logits
    among = child(x, arc=arc_of(space)).logits[:2]
    assert np.abs(alone - among).max() > 1e-3
    assert [weight.path for weight in child.non_trainable_weights] == []


@by_space
def test_a_graph_gives_what_eager_execution_gives_with_one_trace(space):
    child, x = child_of(space), shared_children.images()

    @tf.function(autograph=False)
    def logits(tokens):
        return child(x, arc=space.decode(tokens)).logits

    for tokens in space.random(np.random.default_rng(0), 4):
        wanted = child(x, arc=space.decode(tokens)).logits
        ours = logits(tf.constant(tokens))
        np.testing.assert_allclose(ours, wanted, rtol=1e-3, atol=1e-4)
    assert logits.experimental_get_tracing_count() == 1


@by_space
def test_there_is_no_auxiliary_head_where_none_is_asked_for(space):
    child = child_of(space)
    x, arc = shared_children.images(), arc_of(space)
    assert child.aux_parameters is None
    assert child(x, arc=arc, training=True, seed=SEED).aux_logits is None


@by_space
def test_the_seed_decides_the_first_weights(space):
    first, again, other = (
        toys.child(space, num_layers=1, seed=seed).parameters.vector.numpy()
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert np.mean(first == other) < 0.5  # all but scales and offsets differ
