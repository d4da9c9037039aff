"""The max pool of a trained final child is Keras' own, in value and gradient."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn import max_pool


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("size", [(6, 6), (5, 4), (2, 3), (1, 1)])
def test_value_and_gradient_are_those_of_the_stock_layer(size, stride, dtype):
    rng = np.random.default_rng(0)
    x = tf.constant(rng.normal(size=(2, *size, 3)), dtype)
    found = [
        value_and_gradient(kind(3, stride, padding="same", dtype=dtype), x)
        for kind in (max_pool.MaxPooling2D, keras.layers.MaxPooling2D)
    ]
    for own, stock in zip(*found, strict=True):
        assert own.dtype == stock.dtype == x.dtype
        np.testing.assert_array_equal(own.numpy(), stock.numpy())


def test_padding_valid_is_kept_and_a_model_with_the_layer_has_its_shape():
    images = keras.Input([7, 6, 2])
    model = keras.Model(images, max_pool.MaxPooling2D(3, 2)(images))
    assert model.output_shape == (None, 3, 2, 2)
    x = np.random.default_rng(0).normal(size=(2, 7, 6, 2)).astype("float32")
    wanted = keras.layers.MaxPooling2D(3, 2)(x)
    np.testing.assert_array_equal(model(x), wanted)


def test_ties_go_where_tensorflow_sends_them():
    x = tf.zeros([1, 4, 4, 1])
    own, stock = (
        value_and_gradient(kind(3, 1, padding="same"), x)[1]
        for kind in (max_pool.MaxPooling2D, keras.layers.MaxPooling2D)
    )
    np.testing.assert_array_equal(own, stock)


def value_and_gradient(layer, x):
    """Of the sum of squares, in a graph as in a training step."""

    @tf.function(autograph=False)
    def both():
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x)
            total = tf.reduce_sum(y * y)
        return y, tape.gradient(total, x)

    return both()
