"""Both halves of a reduction, against the form that shifts and pads the whole image."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn import halving, image_ops, stock

SIZES = [(6, 8), (2, 2), (4, 2), (5, 7), (6, 7), (5, 4), (1, 1)]


def normal(*shape, seed=0):
    return tf.random.stateless_normal(shape, [0, seed])


def shifted_and_padded(x):
    """As versions up to 0.3.0 had it."""
    beyond = tf.pad(x[:, 1:, 1:], [[0, 0], [0, 1], [0, 1], [0, 0]])
    return x[:, ::2, ::2], beyond[:, ::2, ::2]


def reduction_of_then(x, path1, path2, scale, offset):
    halves = [
        image_ops.conv(part, kernel[tf.newaxis, tf.newaxis])
        for part, kernel in zip(shifted_and_padded(x), (path1, path2), strict=True)
    ]
    return image_ops.batch_norm(tf.concat(halves, axis=3), scale, offset)


def test_the_corners_of_each_block_of_four():
    image = np.float32([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]])
    first, second = halving.every_second_pixel(tf.constant(image[None, :, :, None]))
    np.testing.assert_array_equal(first[0, :, :, 0], [[1, 3], [9, 11]])
    np.testing.assert_array_equal(second[0, :, :, 0], [[6, 8], [14, 16]])


def test_the_gradient_of_what_is_not_read_is_zero():
    x = tf.ones([1, 2, 4, 1])
    with tf.GradientTape() as tape:
        tape.watch(x)
        first, second = halving.every_second_pixel(x)
        total = tf.reduce_sum(first * [[[[2.0], [3.0]]]] + second * [[[[5.0], [7.0]]]])
    gradient = tape.gradient(total, x)[0, :, :, 0]
    np.testing.assert_array_equal(gradient, [[2, 0, 3, 0], [0, 5, 0, 7]])


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_a_reduction_has_the_bits_of_the_form_that_shifts(height, width):
    x, dy = normal(5, height, width, 4), normal(5, -(-height // 2), -(-width // 2), 6)
    weights = [normal(4, 3, seed=1), normal(4, 3, seed=2), normal(6, seed=3)]
    inputs = [x, *weights, normal(6, seed=4)]

    @tf.function(autograph=False)
    def bits(reduction):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            y = reduction(*inputs)
        return [y, *tape.gradient(y, inputs, dy)]

    ours = bits(image_ops.factorized_reduction)
    for mine, theirs in zip(ours, bits(reduction_of_then), strict=True):
        assert mine.numpy().tobytes() == theirs.numpy().tobytes()


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_a_model_to_train_has_the_bits_of_the_stock_one(height, width):
    x, dy = normal(5, height, width, 4), normal(5, -(-height // 2), -(-width // 2), 6)

    @tf.function(autograph=False)
    def bits(model):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = model(x, training=True)
        return [y, *tape.gradient(y, [x, *model.trainable_variables], dy)]

    found = []
    for training in (True, False):
        images = keras.Input([height, width, 4])
        y = stock.factorized_reduction(
            images, 6, name="pool", seed=0, training=training
        )
        found.append(bits(keras.Model(images, y)))
    for mine, theirs in zip(*found, strict=True):
        assert mine.numpy().tobytes() == theirs.numpy().tobytes()
