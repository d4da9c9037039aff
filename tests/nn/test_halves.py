"""A function and its gradient as two graphs: what passes from one to the other."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn import halves, image_ops, switch

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
    y, *residuals = forward(*inputs)
    gradients = backward(*residuals, dy)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        wanted = function(*inputs)
    np.testing.assert_allclose(y, wanted, rtol=1e-5, atol=1e-6)
    assert found.differentiable == list(range(len(inputs)))
    of_inputs = tape.gradient(wanted, inputs, dy)
    for one, other in zip(gradients, of_inputs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_an_input_that_is_left_out_has_no_gradient():
    found = halves.cut(lambda x, unused, scale: x * scale, [VECTOR] * 3)
    assert found.differentiable == [0, 2]


def test_only_what_the_way_back_needs_is_kept():
    assert halves.cut(lambda x: 3.0 * x, [VECTOR]).residuals == []
    assert halves.cut(tf.tanh, [VECTOR]).residuals == [VECTOR]
    # A shape, and a reshaped input, are made again from the input.
    found = halves.cut(image_ops.pointwise, [MAP, tf.TensorSpec([3, 3])])
    assert sorted(len(spec.shape) for spec in found.residuals) == [2, 4]


def test_what_the_way_back_waits_for_is_computed_on_the_way_back():
    function, specs = CASES["a max pool"]
    found = halves.cut(function, specs)
    kinds = [
        {op.type for op in graph_of(half, feeds).get_operations()}
        for half, feeds in (
            (found.forward, specs),
            (found.backward, [*found.residuals, specs[0]]),
        )
    ]
    assert "MaxPool" in kinds[0] & kinds[1]
    assert "MaxPoolGrad" in kinds[1] - kinds[0]
    assert found.residuals == [MAP]


FACTORS = np.linspace(-1.0, 1.0, 600, dtype=np.float32)
CONSTANT = tf.constant(FACTORS)
POOL = keras.layers.AveragePooling2D(3, 1, "same")
DENSE = keras.layers.Dense(3)
FACTOR = tf.Variable(2.0, name="factor")

CLOSED = {
    # 600 numbers: TensorFlow copies small constants into the graph, large ones not.
    "an array": lambda x, w: x * FACTORS[:3] * w,
    "a large array": lambda x, w: tf.tanh(x * tf.reduce_sum(FACTORS)) * w,
    "a constant": lambda x, w: tf.tanh(x * CONSTANT[:3]) * CONSTANT[3:6] * w,
    "a layer without weights": lambda x, w: POOL(x) * w,
}


@pytest.mark.parametrize("name", sorted(CLOSED))
@pytest.mark.parametrize("in_a_graph", [False, True])
def test_a_function_that_closes_over_values_is_cut_and_put_in_a_switch(
    name, in_a_graph
):
    function = CLOSED[name]
    rng = np.random.default_rng(0)
    x = tf.constant(rng.normal(size=[2, 4, 4, 3]).astype(np.float32))
    scale = tf.constant([1.0, 2.0, 3.0])
    one_of = switch.Switch([lambda x, w: x + w, function])

    def taped(call):
        with tf.GradientTape() as tape:
            tape.watch([x, scale])
            y = call(x, scale)
        return y, *tape.gradient(y, [x, scale])

    def found():
        return taped(lambda x, w: one_of(tf.constant(1), x, w))

    ours = tf.function(found, autograph=False)() if in_a_graph else found()
    for one, other in zip(ours, taped(function), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


STATE = {
    "the variable factor []": lambda x: x * FACTOR,
    # A Keras layer's, made while it is traced.
    "the variable dense/kernel [3, 3]": DENSE,
}


@pytest.mark.parametrize("closed", STATE)
def test_a_function_that_closes_over_a_variable_is_refused_in_a_sentence(closed):
    with pytest.raises(ValueError, match="closes over") as refusal:
        halves.cut(STATE[closed], [MAP])
    assert str(refusal.value) == (
        f"an op of a switch closes over {closed}, which would get no gradient: hand "
        "it over among the weights that the switch is called with"
    )


def test_a_function_that_closes_over_a_tensor_of_another_graph_is_refused():
    @tf.function(autograph=False)
    def outer(x, scale):
        return switch.Switch([lambda x, _: x * scale])(0, x, ())

    with pytest.raises(ValueError, match="a tensor of the graph around it, which"):
        outer(tf.ones([3]), tf.constant(2.0))


@pytest.mark.parametrize(
    ("function", "made"),
    [
        (lambda x: x[:, :2], "float32 (None, 2, 4, 3)"),
        (lambda x: tf.cast(x, tf.float16), "float16 (None, 4, 4, 3)"),
        (lambda x: 3.0, "float32 ()"),
    ],
)
def test_a_value_unlike_the_input_is_refused(function, made):
    with pytest.raises(ValueError) as refusal:
        halves.cut(function, [MAP])
    assert str(refusal.value) == (
        f"an op of a switch makes {made} of float32 (None, 4, 4, 3): its value must "
        "have its input's shape and type"
    )


def test_a_function_that_draws_anew_on_the_way_back_is_refused():
    def noisy(x):
        return x * tf.random.uniform([3])

    with pytest.raises(ValueError, match="draws at random by RandomUniform.*stateless"):
        halves.cut(noisy, [tf.TensorSpec([3])])


def test_a_gradient_of_slices_is_one_tensor():
    def first_rows(x, rows):
        return x + tf.gather(rows, [0, 0, 1])

    specs = [tf.TensorSpec([3, 2]), tf.TensorSpec([2, 2])]
    found = halves.cut(first_rows, specs)

    @tf.function
    def gradients(x, rows, dy):
        _, *residuals = found.forward(x, rows)
        return found.backward(*residuals, dy)

    x, dy = tf.zeros([3, 2]), tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    of_x, of_rows = gradients(x, tf.zeros([2, 2]), dy)
    assert of_x.numpy().tolist() == dy.numpy().tolist()
    assert of_rows.numpy().tolist() == [[4.0, 6.0], [5.0, 6.0]]
