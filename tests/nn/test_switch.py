"""The choice of an op: values and gradients; a pool's gradient inside one."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn import image_ops, switch

SCALE = tf.constant(3.0)
X = tf.constant([1.0, -4.0])
# Each with its value and its gradients for x and the scale, by hand.
OPS = {
    "square": (lambda x, w: w["scale"] * x * x, [3.0, 48.0], [6.0, -24.0], 17.0),
    "identity": (lambda x, w: tf.identity(x), [1.0, -4.0], [1.0, 1.0], 0.0),
    "relu": (lambda x, w: w["scale"] * tf.nn.relu(x), [3.0, 0.0], [3.0, 0.0], 1.0),
    "constant": (lambda x, w: tf.ones_like(x), [1.0, 1.0], [0.0, 0.0], 0.0),
}


def taped(one_of):
    def call(index, x, scale):
        with tf.GradientTape() as tape:
            tape.watch([x, scale])
            y = one_of(index, x, {"scale": scale})
        return y, tape.gradient(y, [x, scale])

    return call


@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize("name", sorted(OPS))
def test_the_chosen_op_and_its_gradients(name, traced):
    call = taped(switch.Switch([op for op, *_ in OPS.values()]))
    if traced:
        call = tf.function(call, autograph=False)
    y, (dx, dscale) = call(tf.constant(list(OPS).index(name)), X, SCALE)
    _, value, slope, of_scale = OPS[name]
    np.testing.assert_array_equal(y, value)
    np.testing.assert_array_equal(dx, slope)
    assert float(dscale) == of_scale


def test_it_is_differentiated_inside_a_loop_and_a_call():
    one_of = switch.Switch([op for op, *_ in OPS.values()])
    inner = switch.one_call(lambda index, x, w: one_of(index, x, w))

    @tf.function(autograph=False)
    def all_gradients():
        return tf.map_fn(
            lambda index: taped(inner)(index, X, SCALE)[1][0],
            tf.range(len(OPS)),
            fn_output_signature=tf.float32,
        )

    wanted = [slope for _, _, slope, _ in OPS.values()]
    np.testing.assert_array_equal(all_gradients(), wanted)


def test_what_is_not_chosen_is_not_computed():
    def fatal(x, weights):
        return tf.debugging.check_numerics(x / 0.0, "computed")

    one_of = switch.Switch([lambda x, w: x + 1.0, fatal])
    np.testing.assert_array_equal(one_of(0, X, {}), X + 1.0)
    with pytest.raises(tf.errors.InvalidArgumentError, match="computed"):
        one_of(1, X, {})


def test_ops_are_traced_once_for_all_calls_with_inputs_of_one_kind():
    traces = []

    def op(x, weights):
        traces.append(x.shape)
        return x * weights

    one_of = switch.Switch([op])

    @tf.function(autograph=False)
    def twice(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = one_of(0, one_of(0, x, SCALE), SCALE)
        return tape.gradient(y, x)

    np.testing.assert_array_equal(twice(X), [9.0, 9.0])
    assert traces == [(2,)]
    twice(tf.ones([5]))
    assert traces == [(2,), (5,)]


@pytest.mark.parametrize("in_a_switch", [False, True])
def test_the_gradient_of_a_max_pool_is_tensorflows(in_a_switch):
    rng = np.random.default_rng(0)
    x = tf.constant(rng.normal(size=(2, 5, 6, 3)).astype(np.float32))
    weights = tf.constant(rng.normal(size=x.shape).astype(np.float32))
    one_of = switch.Switch([lambda x, _: x + 0.0, lambda x, _: image_ops.max_pool(x)])

    def pooled(x):
        return one_of(1, x, ()) if in_a_switch else image_ops.max_pool(x)

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
