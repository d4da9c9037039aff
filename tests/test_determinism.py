"""Equal steps give equal bits, with oneDNN's kernels too.

TensorFlow takes them by itself on newer processors; the other tests run without them.
"""

import os
import pathlib
import subprocess
import sys

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
# So small that oneDNN's gradient of a strided 1x1 kernel differed in most calls.
STEPS = """
import keras
import tensorflow as tf
from enas_tf.nn import image_ops, stock

tf.config.experimental.enable_op_determinism()
normal = tf.random.stateless_normal
x, dy = normal([64, 8, 8, 4], [0, 1]), normal([64, 4, 4, 4], [0, 2])
paths = [normal([4, 2], [0, seed]) for seed in (3, 4)]
norm = [tf.ones([4]), tf.zeros([4])]
inputs = keras.Input([8, 8, 4])
outputs = stock.factorized_reduction(inputs, 4, name="pool", seed=0)
final = keras.Model(inputs, outputs)


@tf.function(autograph=False)
def shared():
    with tf.GradientTape() as tape:
        tape.watch([x, *paths])
        y = image_ops.factorized_reduction(x, *paths, *norm)
    return tape.gradient(y, [x, *paths], dy)


@tf.function(autograph=False)
def fixed():
    with tf.GradientTape() as tape:
        y = final(x, training=True)
    return tape.gradient(y, final.trainable_variables, dy)


for step in (shared, fixed):
    first, *others = ([g.numpy().tobytes() for g in step()] for _ in range(50))
    assert all(other == first for other in others), step
print("equal")
"""


# A sum that TensorFlow makes in the memory of one of its terms begins with that term;
# where the threads decide which one is free, some calls are rounded otherwise.
CHILD = """
import numpy as np
import tensorflow as tf
from enas_tf.config import ChildConfig
from enas_tf.children.macro import SharedMacroChild
from enas_tf.spaces.macro import MacroSpace

tf.config.experimental.enable_op_determinism()
space = MacroSpace(6)
config = ChildConfig(num_layers=6, out_filters=4)
child = SharedMacroChild(space, config, image_shape=(32, 32, 3), num_classes=10, seed=0)
images = tf.random.stateless_normal([16, 32, 32, 3], [0, 1])


@tf.function(autograph=False)
def step(tokens):
    arc = space.decode(tokens)
    with tf.GradientTape() as tape:
        output = child(images, arc=arc, training=True, seed=tf.constant([1, 2]))
        loss = tf.reduce_sum(output.logits ** 2)
    trained = tape.gradient(loss, child.parameters.vector)
    return trained, child(images, arc=arc).logits


for arc in space.random(np.random.default_rng(0), 40):
    calls = (step(tf.constant(arc, tf.int32)) for _ in range(25))
    first, *others = ([value.numpy().tobytes() for value in call] for call in calls)
    assert all(other == first for other in others), arc
print("equal")
"""


# As CHILD, of another space.
CELLS = """
import numpy as np
import tensorflow as tf

from enas_tf.children.rnn import SharedRnnChild
from enas_tf.rnn_config import RnnChildConfig
from enas_tf.spaces.rnn import RnnSpace

tf.config.experimental.enable_op_determinism()
space, config = RnnSpace(8), RnnChildConfig(hidden_size=64)
child = SharedRnnChild(space, config, vocab_size=100, seed=0)
words = np.random.default_rng(1).integers(0, 100, (16, 12)).astype(np.int32)


@tf.function(autograph=False)
def step(tokens):
    arc = space.decode(tokens)
    with tf.GradientTape() as tape:
        output = child(words, arc=arc, training=True, seed=tf.constant([1, 2]))
        loss = tf.reduce_sum(output.logits ** 2) + output.penalty
    return tape.gradient(loss, child.parameters.vector), output.logits


for arc in space.random(np.random.default_rng(0), 40):
    calls = (step(tf.constant(arc, tf.int32)) for _ in range(25))
    first, *others = ([value.numpy().tobytes() for value in call] for call in calls)
    assert all(other == first for other in others), arc
print("equal")
"""


@pytest.mark.parametrize("one_dnn", ["0", "1"])
def test_reductions_have_the_same_gradients_in_every_call(one_dnn):
    runs_through(STEPS, one_dnn=one_dnn)


@pytest.mark.parametrize("script", [CHILD, CELLS], ids=["macro", "rnn"])
def test_a_child_has_the_same_gradients_and_logits_in_every_call(script):
    runs_through(script, one_dnn="0")


def runs_through(script, *, one_dnn):
    answer = subprocess.run(
        [sys.executable, "-c", script],
        cwd=REPOSITORY,
        env=os.environ | {"TF_ENABLE_ONEDNN_OPTS": one_dnn, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
    )
    assert answer.stdout.endswith("equal\n"), answer.stderr
