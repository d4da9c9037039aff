"""Shared children in a lower type: gradients are those of float32 but for rounding."""

import numpy as np
import pytest
import shared_children
import tensorflow as tf
import toys

from enas_tf.children import rnn as rnn_child
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.nn import precision
from enas_tf.spaces import macro, micro, rnn

IMAGES = shared_children.images(count=16)
WORDS = np.random.default_rng(0).integers(0, 30, (4, 10), dtype=np.int32)


def of_macro():
    space = macro.MacroSpace(3, num_ops=2)  # a convolution and a separable one
    return toys.child(space, out_filters=8), space.parse("0 1 1 0 1 1")


def of_micro():
    space = micro.MicroSpace(2, num_ops=3)
    arc = space.parse("0 0 1 1 | 2 2 1 0 | 1 0 0 2 | 2 0 1 0")
    return toys.child(space, out_filters=8, num_layers=1), arc


def of_rnn():
    config = RnnChildConfig(hidden_size=16, init_range=0.3)
    child = rnn_child.SharedRnnChild(rnn.RnnSpace(3), config, vocab_size=30, seed=0)
    return child, rnn.RnnArc((0, 1, 1), (0, 1, 3))


def gradient(make, inputs, name):
    """d (sum of squared logits and of logits) / d weights, [P]."""
    with precision.scope(name):
        child, arc = make()
        vector = child.parameters.vector
        with tf.GradientTape() as tape:
            logits = child(inputs, arc=arc).logits
            loss = 0.01 * tf.reduce_sum(tf.square(logits) + logits)
        found = tape.gradient(loss, vector)
    assert vector.dtype == logits.dtype == found.dtype == tf.float32
    return found.numpy()


# Of norms. A rounded map may be of another sign, so gradients behind many ReLUs differ
# most.
@pytest.mark.parametrize(
    ("name", "make", "inputs", "most"),
    [
        pytest.param("bfloat16", of_macro, IMAGES, 0.15, id="macro"),
        pytest.param("bfloat16", of_micro, IMAGES, 0.5, id="micro"),
        pytest.param("bfloat16", of_rnn, WORDS, 0.008, id="rnn"),
        pytest.param("float16", of_rnn, WORDS, 0.001, id="rnn in float16"),
    ],
)
def test_gradients_are_those_of_float32_but_for_rounding(name, make, inputs, most):
    full = gradient(make, inputs, "float32")
    away = np.linalg.norm(gradient(make, inputs, name) - full)
    assert 0.0 < away < most * np.linalg.norm(full)
