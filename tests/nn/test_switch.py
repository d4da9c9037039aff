"""The choice of an op: values and gradients; a pool's gradient inside one."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn import image_ops, switch

SCALES = (2.0, 3.0, 5.0)


def chosen(whole):
    def call(index, x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            branches = [lambda scale=scale: scale * x * x for scale in SCALES]
            branches[1] = switch.one_call(branches[1])
            y = switch.switch(index, branches, like=x, whole=whole)
        return y, tape.gradient(y, x)

    return tf.function(call, autograph=False)


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("index", range(len(SCALES)))
def test_the_chosen_branch_and_its_gradient(index, whole):
    x = tf.constant([1.0, -4.0])
    y, slope = chosen(whole)(tf.constant(index), x)
    np.testing.assert_array_equal(y, SCALES[index] * np.square(x))
    np.testing.assert_array_equal(slope, 2.0 * SCALES[index] * x)
    eager = switch.switch(tf.constant(index), [lambda: y] * 3, like=x)
    np.testing.assert_array_equal(eager, y)


@pytest.mark.parametrize("whole", [False, True])
def test_switch_and_gradient_are_woven_in_or_kept_whole(whole):
    signature = tf.TensorSpec([], tf.int32), tf.TensorSpec([2])
    graph = chosen(whole).get_concrete_function(*signature).graph
    cases = [op for op in graph.get_operations() if op.type.endswith("Case")]
    assert len(cases) == 2  # forward and backward
    assert [op.get_attr(switch.LOWERED) for op in cases] == [not whole] * 2


@pytest.mark.parametrize("whole", [False, True])
def test_what_is_not_chosen_is_not_computed(whole):
    def fatal():
        with tf.control_dependencies([tf.debugging.Assert(False, ["computed"])]):
            return tf.zeros([2])

    @tf.function(autograph=False)
    def call(index):
        branches = [lambda: tf.ones([2]), fatal]
        return switch.switch(index, branches, like=tf.ones([2]), whole=whole)

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
        branches = [lambda: x, switch.one_call(lambda: image_ops.max_pool(x))]
        return switch.switch(tf.constant(1), branches, like=x, whole=True)

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
