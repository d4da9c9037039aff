"""A depthwise filter's gradient in two parts, against TensorFlow's own of the whole."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn import depthwise, image_ops, stock


@pytest.fixture
def in_parts():
    """Graphs that are traced in the test have gradients in parts."""
    before = depthwise.in_parts()
    depthwise.take_in_parts(True)
    yield
    depthwise.take_in_parts(before)


def normal(*shape, seed=0):
    return tf.random.stateless_normal(shape, [0, seed])


def whole(x, dy, size=5):
    return tf.raw_ops.DepthwiseConv2dNativeBackpropFilter(
        input=x,
        filter_sizes=[size, size, x.shape[-1], 1],
        out_backprop=dy,
        strides=[1, 1, 1, 1],
        padding="SAME",
    )


def test_one_pixel_of_the_gradient_shows_its_neighbourhood():
    """dy is 1 at one pixel: what each weight was multiplied with is around it."""
    x = tf.reshape(tf.range(1.0, 25.0), [1, 4, 6, 1])
    dy = tf.scatter_nd([[0, 2, 3, 0]], [1.0], x.shape)
    gradient = depthwise.filter_gradient_in_parts(x, dy)
    expected = [
        [2, 3, 4, 5, 6],
        [8, 9, 10, 11, 12],
        [14, 15, 16, 17, 18],
        [20, 21, 22, 23, 24],
        [0, 0, 0, 0, 0],
    ]
    np.testing.assert_array_equal(gradient[:, :, 0, 0], expected)


@pytest.mark.parametrize("shape", [(3, 6, 8, 5), (2, 5, 4, 1), (1, 1, 2, 3)])
def test_both_parts_together_are_the_whole(shape):
    x, dy = normal(*shape), normal(*shape, seed=1)
    ours = depthwise.filter_gradient_in_parts(x, dy)
    np.testing.assert_allclose(ours, whole(x, dy), rtol=1e-5, atol=1e-5)


def kernels(function, *inputs):
    """How many kernels of a filter's gradient the gradient of `function` has."""

    @tf.function(autograph=False)
    def gradients(*inputs):
        return tf.gradients(function(*inputs), inputs)

    graph = gradients.get_concrete_function(*inputs).graph
    return [op.type for op in graph.get_operations()].count(
        "DepthwiseConv2dNativeBackpropFilter"
    )


@pytest.mark.parametrize(
    ("size", "width", "stride", "count"),
    [(5, 4, 1, 2), (3, 4, 1, 1), (5, 3, 1, 1), (5, 4, 2, 1)],
)
def test_only_5x5_filters_of_even_width_without_stride_are_taken_apart(
    in_parts, size, width, stride, count
):
    def conv(x, kernel):
        return depthwise.conv(x, kernel, stride=stride)

    assert kernels(conv, normal(2, 4, width, 3), normal(size, size, 3, 1)) == count


def test_none_is_taken_apart_unless_it_is_said():
    assert not depthwise.in_parts()
    assert kernels(depthwise.conv, normal(2, 4, 4, 3), normal(5, 5, 3, 1)) == 1


def of_a_separable(x, depthwise_kernel, point):
    """Value and gradients."""
    inputs = [x, depthwise_kernel, point]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        y = image_ops.separable_conv(*inputs)
        loss = tf.reduce_sum(y * y)
    return [y, *tape.gradient(loss, inputs)]


def test_value_and_gradient_of_the_input_keep_their_bits(in_parts):
    inputs = normal(3, 6, 8, 4), normal(5, 5, 4, 1, seed=1), normal(4, 4, seed=2)
    y, of_x, of_depthwise, of_point = of_a_separable(*inputs)
    depthwise.take_in_parts(False)
    then = of_a_separable(*inputs)
    for mine, theirs in zip((y, of_x, of_point), (*then[:2], then[3]), strict=True):
        assert mine.numpy().tobytes() == theirs.numpy().tobytes()
    np.testing.assert_allclose(of_depthwise, then[2], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("size", "stride"), [(5, 1), (3, 1), (5, 2)])
def test_a_layer_to_train_answers_as_the_stock_one(in_parts, size, stride):
    x = normal(3, 6, 8, 4)
    found = []
    for training in (True, False):
        images = keras.Input([6, 8, 4])
        how = dict(stride=stride, name="conv", seed=0, training=training)
        model = keras.Model(images, stock.separable_conv(images, 5, size, **how))
        with tf.GradientTape() as tape:
            y = model(x, training=True)
            loss = tf.reduce_sum(y * y)
        gradients = tape.gradient(loss, model.trainable_variables)
        found.append((y, gradients, [w.path for w in model.weights]))
    (ours, mine, paths), (theirs, its, stock_paths) = found
    assert ours.numpy().tobytes() == theirs.numpy().tobytes()
    assert paths == stock_paths
    for a, b in zip(mine, its, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)
