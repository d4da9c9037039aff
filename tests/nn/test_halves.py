"""A function and its gradient as two graphs: what passes from one to the other."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn import halves, image_ops

MAP = tf.TensorSpec([None, 4, 4, 3])
VECTOR = tf.TensorSpec([3])


def norm(x, scale, offset):
    return image_ops.batch_norm(x, scale, offset)


def conv(x, kernel, scale, offset):
    return tf.nn.relu(norm(image_ops.conv(tf.nn.relu(x), kernel), scale, offset))


CASES = {
    "a convolution": (conv, [MAP, tf.TensorSpec([3, 3, 3, 3]), VECTOR, VECTOR]),
    "a 1x1 convolution": (image_ops.pointwise, [MAP, tf.TensorSpec([3, 3])]),
    "an average pool": (image_ops.avg_pool, [MAP]),
    "a max pool": (image_ops.max_pool, [MAP]),
    "nothing at all": (tf.identity, [MAP]),
}


def traced(half):
    return tf.function(half, autograph=False)


def graph_of(half, specs):
    return traced(half).get_concrete_function(*specs).graph


@pytest.mark.parametrize("name", sorted(CASES))
def test_one_after_the_other_they_are_the_function_and_its_gradient(name):
    function, specs = CASES[name]
    rng = np.random.default_rng(0)
    shapes = [[2 if n is None else n for n in spec.shape] for spec in specs]
    inputs = [tf.constant(rng.normal(size=s).astype(np.float32)) for s in shapes]
    dy = tf.constant(rng.normal(size=shapes[0]).astype(np.float32))
    found = halves.cut(function, specs)
    forward, backward = map(traced, (found.forward, found.backward))
    y, *kept = forward(*inputs)
    gradients = backward(*kept, dy)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        wanted = function(*inputs)
    np.testing.assert_allclose(y, wanted, rtol=1e-5, atol=1e-6)
    assert found.reached == list(range(len(inputs)))
    of_inputs = tape.gradient(wanted, inputs, dy)
    for one, other in zip(gradients, of_inputs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_an_input_that_is_left_out_has_no_gradient():
    found = halves.cut(lambda x, unused, scale: x * scale, [VECTOR] * 3)
    assert found.reached == [0, 2]


def test_only_what_the_way_back_needs_is_kept():
    assert halves.cut(lambda x: 3.0 * x, [VECTOR]).kept == []
    assert halves.cut(tf.tanh, [VECTOR]).kept == [VECTOR]
    # A shape, and a reshaped input, are made again from the input.
    found = halves.cut(image_ops.pointwise, [MAP, tf.TensorSpec([3, 3])])
    assert sorted(len(spec.shape) for spec in found.kept) == [2, 4]


def test_what_the_way_back_waits_for_is_computed_on_the_way_back():
    function, specs = CASES["a max pool"]
    found = halves.cut(function, specs)
    kinds = [
        {op.type for op in graph_of(half, feeds).get_operations()}
        for half, feeds in (
            (found.forward, specs),
            (found.backward, [*found.kept, specs[0]]),
        )
    ]
    assert "MaxPool" in kinds[0] & kinds[1]
    assert "MaxPoolGrad" in kinds[1] - kinds[0]
    assert found.kept == [MAP]
