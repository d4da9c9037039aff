"""Drop path: the paths that stay, their scale, and the seeds of its draws."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn import drop_path

X = np.random.default_rng(0).uniform(1.0, 2.0, (400, 2, 3, 2)).astype("float32")


def layer_at(progress, *, keep_prob=0.5, seed=(1, 2), name="drop"):
    clock = drop_path.DropPathClock()
    clock.set(progress=tf.constant(progress), seed=tf.constant(seed))
    return drop_path.DropPath(clock, keep_prob, name=name)


def dropped(*args, **kwargs):
    """Which examples of X, [B] bool."""
    y = layer_at(*args, **kwargs)(X, training=True).numpy()
    return ~y.any(axis=(1, 2, 3))


@pytest.mark.parametrize(("progress", "keep"), [(0.0, 1.0), (0.5, 0.75), (1.0, 0.5)])
def test_an_example_is_kept_whole_and_scaled_or_set_to_zero(progress, keep):
    y = layer_at(progress)(X, training=True).numpy()
    gone = dropped(progress)
    np.testing.assert_allclose(y[~gone], X[~gone] / keep, rtol=1e-6)
    assert gone.mean() == pytest.approx(1.0 - keep, abs=0.08)


def test_nothing_is_dropped_outside_of_training_or_before_its_first_step():
    np.testing.assert_array_equal(layer_at(1.0)(X, training=False), X)
    np.testing.assert_array_equal(layer_at(1.0)(X), X)
    untouched = drop_path.DropPath(drop_path.DropPathClock(), 0.5, name="drop")
    np.testing.assert_array_equal(untouched(X, training=True), X)


def test_the_draw_is_a_function_of_seed_and_layer():
    first = dropped(1.0)
    np.testing.assert_array_equal(first, dropped(1.0))
    assert (first != dropped(1.0, seed=(1, 3))).any()
    assert (first != dropped(1.0, name="another")).any()


def test_a_traced_call_follows_the_clock():
    layer = layer_at(1.0)

    @tf.function(autograph=False)
    def step(seed):
        layer.clock.set(progress=tf.constant(1.0), seed=seed)
        return layer(X, training=True)

    for seed in ((1, 2), (1, 3)):
        gone = ~step(tf.constant(seed)).numpy().any(axis=(1, 2, 3))
        np.testing.assert_array_equal(gone, dropped(1.0, seed=seed))
    assert step.experimental_get_tracing_count() == 1


def test_the_clock_is_no_weight_of_the_layer():
    assert layer_at(1.0).variables == []


def test_a_deeper_cell_keeps_less():
    found = [drop_path.keep_prob(cell, 5, 0.6) for cell in range(5)]
    np.testing.assert_allclose(found, [0.92, 0.84, 0.76, 0.68, 0.6], rtol=1e-9)
    assert drop_path.keep_prob(3, 5, 1.0) == 1.0
