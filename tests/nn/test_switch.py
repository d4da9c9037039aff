"""The choice of an op: values, gradients, and that a branch is one call."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn import image_ops, switch

SCALES = (2.0, 3.0, 5.0)


@tf.function(autograph=False)
def chosen(index, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        branches = [lambda scale=scale: scale * x * x for scale in SCALES]
        y = switch.switch(index, branches, like=x)
    return y, tape.gradient(y, x)


@pytest.mark.parametrize("index", range(len(SCALES)))
def test_the_chosen_branch_and_its_gradient(index):
    x = tf.constant([1.0, -4.0])
    y, slope = chosen(tf.constant(index), x)
    np.testing.assert_array_equal(y, SCALES[index] * np.square(x))
    np.testing.assert_array_equal(slope, 2.0 * SCALES[index] * x)
    eager = switch.switch(tf.constant(index), [lambda: y] * 3, like=x)
    np.testing.assert_array_equal(eager, y)


def test_switch_and_gradient_are_kept_whole():
    graph = chosen.get_concrete_function(
        tf.TensorSpec([], tf.int32), tf.TensorSpec([2])
    ).graph
    cases = [op for op in graph.get_operations() if op.type.endswith("Case")]
    assert len(cases) == 2  # forward and backward
    assert [op.get_attr(switch.LOWERED) for op in cases] == [False, False]


def test_what_is_not_chosen_is_not_computed():
    def fatal():
        with tf.control_dependencies([tf.debugging.Assert(False, ["computed"])]):
            return tf.zeros([2])

    @tf.function(autograph=False)
    def call(index):
        return switch.switch(index, [lambda: tf.ones([2]), fatal], like=tf.ones([2]))

    np.testing.assert_array_equal(call(tf.constant(0)), [1.0, 1.0])
    with pytest.raises(tf.errors.InvalidArgumentError, match="computed"):
        call(tf.constant(1))


@pytest.mark.parametrize("in_a_switch", [False, True])
def test_the_gradient_of_a_max_pool_is_tensorflows(in_a_switch):
    rng = np.random.default_rng(0)
    x = tf.constant(rng.normal(size=(2, 5, 6, 3)).astype(np.float32))
    weights = tf.constant(rng.normal(size=x.shape).astype(np.float32))

    def pooled(x):
        if not in_a_switch:
            return image_ops.max_pool(x)
        branches = [lambda: x, lambda: image_ops.max_pool(x)]
        return switch.switch(tf.constant(1), branches, like=x)

    def gradient(pool):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = pool(x)
            total = tf.reduce_sum(weights * y)
        return y, tape.gradient(total, x)

    found = tf.function(lambda: gradient(pooled), autograph=False)()
    wanted = gradient(lambda x: tf.nn.max_pool2d(x, 3, 1, "SAME"))
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)
