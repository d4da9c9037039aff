"""Residuals of a loop's step: given back as they were, handed over in few lists."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn.residuals import Residuals

ANGLES = tf.random.stateless_normal([7, 2, 3], [0, 0])
START = tf.random.stateless_normal([2, 3], [1, 0])
TIMES = 5


def sines(step, residuals):
    """TIMES sines of the state, each from the one before, turned by `step`."""

    @tf.custom_gradient
    def sine(x):
        saved = residuals.save(tf.cos(x) / 2.0, tf.fill(x.shape, tf.constant(2)))

        def gradient(dy):
            half, two = saved()
            return dy * half * tf.cast(two, dy.dtype)

        return tf.sin(x), gradient

    return lambda state: sum(state := sine(state + step) for _ in range(TIMES))


def plain(state, step):
    return sum(state := tf.sin(state + step) for _ in range(TIMES))


def with_residuals(state, step):
    residuals = Residuals()
    found = sines(step, residuals)(state)
    residuals.close()
    return found


def taped(step):
    with tf.GradientTape() as tape:
        tape.watch([ANGLES, START])
        last = tf.scan(step, ANGLES, initializer=START)[-1]
    return last, tape.gradient(last, [ANGLES, START])


@pytest.mark.parametrize("traced", [False, True])
def test_gradients_are_those_of_tensorflow(traced):
    call = tf.function(taped, autograph=False) if traced else taped
    last, gradients = call(with_residuals)
    wanted, wanted_gradients = taped(plain)
    np.testing.assert_allclose(last, wanted, rtol=1e-5)
    for gradient, other in zip(gradients, wanted_gradients, strict=True):
        np.testing.assert_allclose(gradient, other, rtol=1e-4, atol=1e-6)


def lists(step):
    """How many lists go from a loop to its gradient."""
    call = tf.function(lambda: taped(step), autograph=False)
    nodes = call.get_concrete_function().graph.as_graph_def().node
    return sum(node.op == "EmptyTensorList" for node in nodes)


def test_a_loop_hands_over_one_list_of_what_stands_in_one_place():
    assert lists(plain) - lists(with_residuals) == TIMES - 2


def test_nothing_may_be_saved():
    Residuals().close()
