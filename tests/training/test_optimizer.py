"""The two updates, L2 and clipping in worked numbers."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.training import optimizer

LR = tf.constant(0.1)


def test_nesterov_looks_ahead_by_its_momentum():
    v = tf.Variable([1.0, 1.0])
    update = optimizer.Momentum([v], momentum=0.9)
    update.apply([tf.constant([1.0, 0.0])], LR)
    # accum = 1; v -= lr (g + 0.9 accum) = 0.1 * 1.9
    np.testing.assert_allclose(v, [0.81, 1.0], rtol=1e-6)
    update.apply([tf.constant([0.0, 2.0])], LR)
    # accum = 0.9 and 2; v -= lr (0 + 0.81) and lr (2 + 1.8)
    np.testing.assert_allclose(v, [0.729, 0.62], rtol=1e-6)
    np.testing.assert_allclose(update.variables[0], [0.9, 2.0], rtol=1e-6)


def test_the_velocity_does_not_hold_the_learning_rate():
    v = tf.Variable([0.0])
    update = optimizer.Momentum([v], momentum=0.9)
    update.apply([tf.constant([1.0])], tf.constant(10.0))
    before = float(v[0])
    update.apply([tf.constant([0.0])], tf.constant(0.1))
    np.testing.assert_allclose(float(v[0]) - before, -0.1 * 0.81, rtol=1e-3)


def restated_adam(gradients, *, lr, beta1, epsilon):
    m, v, w = 0.0, 0.0, 1.0
    for number, g in enumerate(gradients, start=1):
        m = beta1 * m + (1 - beta1) * g
        v = 0.999 * v + 0.001 * g * g
        # TensorFlow 1 adds epsilon inside, to the root that is not yet corrected.
        rate = lr * np.sqrt(1 - 0.999**number) / (1 - beta1**number)
        w -= rate * m / (np.sqrt(v) + epsilon)
    return w


@pytest.mark.parametrize("beta1", [0.0, 0.5, 0.9])
def test_adam_is_the_restated_one(beta1):
    gradients = [0.5, -0.25, 0.125, 0.0]
    v = tf.Variable([1.0])
    update = optimizer.Adam([v], beta1=beta1, epsilon=1e-3)
    for g in gradients:
        update.apply([tf.constant([g])], LR)
    wanted = restated_adam(gradients, lr=0.1, beta1=beta1, epsilon=1e-3)
    np.testing.assert_allclose(v, [wanted], rtol=1e-5)


@pytest.mark.parametrize(("beta1", "goes_on"), [(0.0, False), (0.9, True)])
def test_adam_keeps_a_direction_only_by_its_first_moment(beta1, goes_on):
    v = tf.Variable([1.0])
    update = optimizer.Adam([v], beta1=beta1, epsilon=1e-3)
    update.apply([tf.constant([1.0])], LR)
    moved = float(v[0])
    update.apply([tf.constant([0.0])], LR)
    assert moved < 1.0
    assert (float(v[0]) < moved) == goes_on


def test_every_slot_of_adam_is_among_its_variables():
    update = optimizer.Adam(
        [tf.Variable([1.0, 2.0]), tf.Variable(3.0)], beta1=0.5, epsilon=1.0
    )
    shapes = [tuple(v.shape) for v in update.variables]
    assert shapes == [(2,), (), (2,), (), (), ()]  # m, m, v, v and two powers


def test_l2_adds_twice_the_weight_without_a_half():
    gradients = [tf.constant([1.0, 1.0])]
    ours = optimizer.add_l2(gradients, [tf.Variable([2.0, -4.0])], [0.25])
    np.testing.assert_allclose(ours[0], [2.0, -1.0])


def test_no_l2_leaves_the_gradients():
    g = tf.constant([1.0])
    assert optimizer.add_l2([g], [tf.Variable([2.0])], [0.0])[0] is g


# Norms 5 and 12 of the tensors, 13 of all.
GRADIENTS = [tf.constant([3.0, 4.0]), tf.constant([0.0, 12.0])]


@pytest.mark.parametrize(
    ("mode", "bound", "wanted"),
    [
        ("none", 1.0, [[3.0, 4.0], [0.0, 12.0]]),
        ("norm", 6.0, [[3.0, 4.0], [0.0, 6.0]]),
        ("global", 6.5, [[1.5, 2.0], [0.0, 6.0]]),
        ("global", 26.0, [[3.0, 4.0], [0.0, 12.0]]),
    ],
)
def test_clipping(mode, bound, wanted):
    norm = tf.linalg.global_norm(GRADIENTS)
    ours = optimizer.clip(GRADIENTS, mode=mode, bound=bound, norm=norm)
    np.testing.assert_allclose(ours, wanted, rtol=1e-6)
