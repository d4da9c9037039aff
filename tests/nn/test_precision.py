"""The type of products: in float32 nothing changes, in a lower one they alone do."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn import depthwise, image_ops, precision, recurrent, stock

X = tf.TensorSpec([2, 4, 4, 6], tf.float32)
WORDS = tf.TensorSpec([2, 3, 6], tf.float32)
LOWER = ["bfloat16", "float16"]


def words_by(states, embedding):
    return recurrent.word_logits(states, embedding, recurrent.Dropout())


PRODUCTS = {
    "1x1": (image_ops.pointwise, X, (6, 8), "MatMul"),
    "convolution": (image_ops.conv, X, (3, 3, 6, 8), "Conv2D"),
    "vocabulary": (words_by, WORDS, (9, 6), "MatMul"),
}


def graph_of(function, x, shape, name):
    """The operations of the function's graph, traced in the scope of that name."""
    with precision.scope(name):
        traced = tf.function(function).get_concrete_function(x, tf.TensorSpec(shape))
    assert traced.outputs[0].dtype == tf.float32
    return traced.graph.get_operations()


@pytest.mark.parametrize("name", LOWER)
@pytest.mark.parametrize("product", PRODUCTS)
def test_a_product_is_in_the_type_of_the_scope(product, name):
    *built, kind = PRODUCTS[product]
    found = [op for op in graph_of(*built, name) if op.type == kind]
    assert [t.dtype for op in found for t in op.inputs] == [name, name]


@pytest.mark.parametrize("product", PRODUCTS)
def test_in_float32_no_type_is_changed(product):
    *built, _ = PRODUCTS[product]
    types = [op.type for op in graph_of(*built, "float32")]
    assert "Cast" not in types


def test_a_depthwise_convolution_stays_in_float32():
    ops = graph_of(depthwise.conv, X, (3, 3, 6, 1), "bfloat16")
    assert "Cast" not in [op.type for op in ops]


def test_a_scope_ends_with_its_block_however_that_ends():
    with precision.scope("bfloat16"), precision.scope("float16"):
        assert precision.current() == "float16"
    with pytest.raises(KeyError), precision.scope("float16"):
        raise KeyError
    assert not precision.is_lower()


def bits_of_bfloat16(values):
    """Whether the values are such as bfloat16 has: the lower half of each is empty."""
    return not np.any(np.asarray(values).view(np.uint32) & 0xFFFF)


def test_an_answer_is_rounded_and_its_inputs_are_not():
    # 1 + 2^-8 lies between two numbers of bfloat16, 1 and 1 + 2^-7.
    x = tf.constant([[[[1.0 + 2.0**-8]]]])
    kernel = tf.constant([[1.0]])
    with precision.scope("bfloat16"):
        y = image_ops.pointwise(x, kernel)
    assert bits_of_bfloat16(y) and not bits_of_bfloat16(x)
    assert y.numpy().item() in (1.0, 1.0 + 2.0**-7)
    assert image_ops.pointwise(x, kernel).numpy().item() == 1.0 + 2.0**-8


def model_of():
    x = keras.Input([4, 4, 6])
    y = stock.conv(x, 8, 3, name="conv", seed=0)
    y = stock.batch_norm(y, name="bn")
    y = stock.separable_conv(y, 8, 3, name="separable", seed=0)
    return keras.Model(x, stock.relu(y, name="relu"))


@pytest.mark.parametrize("name", LOWER)
def test_stock_layers_have_weights_and_statistics_in_float32(name):
    with precision.scope(name):
        model = model_of()
    assert {weight.dtype for weight in model.weights} == {"float32"}
    types = {layer.name: layer.compute_dtype for layer in model.layers}
    assert types["conv"] == name
    assert types["bn"] == types["relu"] == "float32"
    assert model.output.dtype == "float32"


def test_a_final_child_in_bfloat16_answers_as_in_float32_but_for_rounding():
    full = model_of()
    images = np.random.default_rng(0).normal(size=(2, 4, 4, 6)).astype(np.float32)
    with precision.scope("bfloat16"):
        lower = model_of()
        found = np.asarray(lower(images))
    lower_weights = [weight.path for weight in lower.weights]
    assert lower_weights == [weight.path for weight in full.weights]
    wanted = np.asarray(full(images))
    # A number of bfloat16 is right to one part in 256; two products, one on the other.
    assert 0 < np.abs(found - wanted).max() < 0.02 * np.abs(wanted).max()


def test_stock_layers_built_in_float32_have_keras_own_type_and_class():
    model = model_of()
    assert type(model.get_layer("separable")) is keras.layers.SeparableConv2D
    assert {layer.dtype_policy.name for layer in model.layers} == {"float32"}
