"""Equal steps give equal bits, with oneDNN's kernels too.

TensorFlow takes them by itself on newer processors; the other tests run without them.
"""

import os
import pathlib
import subprocess
import sys

import pytest

from enas_tf.config import sections as config

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
# So small that oneDNN's gradient of a strided 1x1 kernel differed in most calls.
STEPS = """
import keras
import tensorflow as tf
from enas_tf.nn import depthwise, image_ops, stock

tf.config.experimental.enable_op_determinism()
normal = tf.random.stateless_normal
x, dy = normal([64, 8, 8, 4], [0, 1]), normal([64, 4, 4, 4], [0, 2])
paths = [normal([4, 2], [0, seed]) for seed in (3, 4)]
norm = [tf.ones([4]), tf.zeros([4])]
inputs = keras.Input([8, 8, 4])
how = dict(name="pool", seed=0, training=True)
outputs = stock.factorized_reduction(inputs, 4, **how)
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


wide, dy_wide = normal([16, 8, 8, 4], [0, 5]), normal([16, 8, 8, 4], [0, 6])


@tf.function(autograph=False)
def filters():
    return [depthwise.filter_gradient_in_parts(wide, dy_wide)]


for step in (shared, fixed, filters):
    first, *others = ([g.numpy().tobytes() for g in step()] for _ in range(50))
    assert all(other == first for other in others), step
print("equal")
"""


# So large that TensorFlow would take the sum apart and add in the order of the threads.
SUMS = """
import tensorflow as tf
from tensorflow.python.eager import context

from enas_tf.nn import sums

tf.config.experimental.enable_op_determinism()
x = tf.random.stateless_normal([8_000_000], [0, 1])


def graph_and_values(count):
    @tf.function(autograph=False)
    def total():
        return tf.add_n([tf.maximum(x, n / 7) for n in range(8)])

    with context.collect_graphs(optimized=True) as graphs:
        values = {total().numpy().tobytes() for _ in range(count)}
    return {node.op for node in graphs[0].node}, values


ops, _ = graph_and_values(1)
assert "TemporaryVariable" in ops and "AddN" not in ops, ops
sums.keep_whole()
ops, values = graph_and_values(20)
assert "AddN" in ops and "TemporaryVariable" not in ops, ops
assert len(values) == 1
print("equal")
"""


# A sum that TensorFlow makes in the memory of one of its terms begins with that term;
# where the threads decide which one is free, some calls are rounded otherwise.
CHILD = """
import sys
import numpy as np
import tensorflow as tf
from enas_tf.config.sections import ChildConfig
from enas_tf.children.macro import SharedMacroChild
from enas_tf.nn import sums
from enas_tf.spaces.macro import MacroSpace

tf.config.threading.set_inter_op_parallelism_threads(2)
tf.config.threading.set_intra_op_parallelism_threads(2)
tf.config.experimental.enable_op_determinism()
sums.keep_whole()
layers, filters, arcs, count = map(int, sys.argv[1:])
space = MacroSpace(layers)
config = ChildConfig(num_layers=layers, out_filters=filters)
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


for arc in space.random(np.random.default_rng(0), arcs):
    calls = (step(tf.constant(arc, tf.int32)) for _ in range(count))
    first, *others = ([value.numpy().tobytes() for value in call] for call in calls)
    assert all(other == first for other in others), arc
print("equal")
"""


# As CHILD, of another space.
CELLS = """
import sys

import numpy as np
import tensorflow as tf

from enas_tf.children.rnn import SharedRnnChild
from enas_tf.config.rnn import RnnChildConfig
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


arcs, count = map(int, sys.argv[1:])
for arc in space.random(np.random.default_rng(0), arcs):
    calls = (step(tf.constant(arc, tf.int32)) for _ in range(count))
    first, *others = ([value.numpy().tobytes() for value in call] for call in calls)
    assert all(other == first for other in others), arc
print("equal")
"""


# The first steps of a demo, as the program takes them.
DEMO = """
import hashlib
import sys
import tensorflow as tf
from enas_tf.machine import record as machine, tensorflow_state
from enas_tf.config import presets
from enas_tf.search.controller import Controller
from enas_tf.nn import sums
from enas_tf.stages import assembly
from enas_tf.training import networks
from enas_tf.training.child import ChildTrainer

tensorflow_state.start(machine.Wanted(threads=2))
tf.config.experimental.enable_op_determinism()
sums.keep_whole()
config = presets.resolve(sys.argv[1], "search", "demo", {})
part = assembly.SPACES[sys.argv[1]]
space = part.space(config)
data, task = part.search_data(config, space)
child = part.shared(space, config, data)
policy = Controller(space.tape(), config.controller, seed=0)
network = networks.SampledChild(child, policy, space, seed=0)
sizes = dict(batch_size=config.loop.batch_size, num_epochs=config.loop.num_epochs)
lessons = task.lessons(**sizes, seed=0)
trainer = ChildTrainer(network, task, config.child, lessons=lessons)
first, last = (tf.constant(step, tf.int64) for step in (0, 20))
trainer.run(first, last, tf.constant(0.1))
print(hashlib.sha256(child.parameters.vector.numpy().tobytes()).hexdigest(), "equal")
"""


# What differed hung on the order of threads, which oneDNN makes no less free.
SLOW = pytest.mark.slow
FEW_AND_SLOWLY_MANY = [
    ("1", 4),
    pytest.param("1", 20, marks=SLOW),
    pytest.param("0", 20, marks=SLOW),
]


@pytest.mark.parametrize("one_dnn", ["0", "1"])
def test_reductions_and_filters_have_the_same_gradients_in_every_call(one_dnn):
    runs_through(STEPS, one_dnn=one_dnn)


def test_a_large_sum_has_the_same_bits_in_every_call():
    runs_through(SUMS, one_dnn="1")


@pytest.mark.parametrize(("one_dnn", "arcs"), FEW_AND_SLOWLY_MANY)
def test_a_macro_child_has_the_same_gradients_and_logits_in_every_call(one_dnn, arcs):
    runs_through(CHILD, 6, 4, arcs, 25, one_dnn=one_dnn)


@pytest.mark.slow
@pytest.mark.parametrize("one_dnn", ["0", "1"])
def test_so_it_has_at_the_published_sizes(one_dnn):
    runs_through(CHILD, 12, 36, 6, 12, one_dnn=one_dnn)


@pytest.mark.parametrize(("one_dnn", "arcs"), FEW_AND_SLOWLY_MANY)
def test_an_rnn_child_has_the_same_gradients_and_logits_in_every_call(one_dnn, arcs):
    runs_through(CELLS, 2 * arcs, 25, one_dnn=one_dnn)


@pytest.mark.slow
@pytest.mark.parametrize("one_dnn", ["0", "1"])
@pytest.mark.parametrize("space", config.SPACES)
def test_what_was_in_memory_before_does_not_matter(space, one_dnn, monkeypatch):
    """With remapping on it did, where oneDNN is on: macro ends in three ways."""
    found = set()
    for filling in ("63", "85", "255"):
        monkeypatch.setenv("MALLOC_PERTURB_", filling)  # glibc fills what it gives out
        found.add(runs_through(DEMO, space, one_dnn=one_dnn))
    assert len(found) == 1


def runs_through(script, *arguments, one_dnn):
    """What the script says, which ends with "equal"."""
    answer = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=REPOSITORY,
        env=os.environ | {"TF_ENABLE_ONEDNN_OPTS": one_dnn, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
    )
    assert answer.stdout.endswith("equal\n"), answer.stderr
    return answer.stdout
