"""--jit_compile: a step by XLA is the plain one but for rounding, and resumes."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
import toys

from enas_tf.children import final_macro, final_micro, final_rnn
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.config.sections import ChildConfig, ConfigError
from enas_tf.nn import max_pool, recurrent
from enas_tf.spaces import macro, micro, rnn
from enas_tf.tasks import lessons
from enas_tf.tasks.language_model import LanguageModel
from enas_tf.training import child as child_lib
from enas_tf.training import compiled, final_language, networks

# float32 sums in another order; three steps of a small network. XLA has a generator of
# its own, so what is dropped is compared with itself alone.
TOLERANCE = dict(rtol=1e-3, atol=2e-5)
CONFIG = ChildConfig(num_layers=1, out_filters=4, keep_prob=1.0, clip_mode="global")
DROPS = dataclasses.replace(CONFIG, keep_prob=0.5)
TEXT = np.random.default_rng(0).integers(0, 9, 400).astype(np.int32)


def image_network(space, config):
    arcs = dict(
        macro=macro.MacroSpace(2).parse("1|2 1"),
        micro=micro.MicroSpace(2).parse("0 0 1 4 | 2 4 1 4 | 1 4 0 4 | 2 4 1 4"),
    )
    build = dict(
        macro=final_macro.final_macro_child, micro=final_micro.final_micro_child
    )[space]
    sizes = dict(image_shape=toys.IMAGE_SHAPE, num_classes=toys.NUM_CLASSES, seed=0)
    model = build(arcs[space], config, training=True, **sizes)
    return networks.FinalNetwork(model, total_steps=6, seed=0)


def trainer_of(space, *, jit, config=CONFIG):
    """A new trainer, and the variables that it changes."""
    if space != "rnn":
        task, network = toys.task(), image_network(space, config)
        order = lessons.Shuffled(task, batch_size=8, seed=0)
    else:
        rates = {f"drop_{name}": 0.0 for name in recurrent.DROPPED}
        cell = RnnChildConfig(hidden_size=6, init_range=0.5, **rates)
        model = final_rnn.final_rnn_child(
            rnn.RnnArc((0,), (1,)), cell, num_nodes=1, vocab_size=9, seed=0
        )
        network = final_language.FinalLanguageNetwork(model, cell, seed=0)
        task = LanguageModel(dict(train=TEXT), bptt_steps=3)
        order = Even(task.lessons(batch_size=4, num_epochs=1, seed=0))
    found = child_lib.ChildTrainer(
        network, task, config, lessons=order, jit_compile=jit
    )
    return found, [*network.variables, *found.variables]


class Even:
    """Lessons of a text in pieces of one length, so that XLA compiles once."""

    def __init__(self, passages):
        self._passages = passages
        self.batch_size = passages.batch_size
        self.shared = passages.shared

    def lesson(self, step, shared):
        words = self._passages._rows[:, 4 * step : 4 * step + 5]
        found = self._passages.lesson(step, shared)
        batch = type(found.batch)(words[:, :-1], words[:, 1:])
        return found._replace(batch=batch)


def run(trainer, first, last):
    with compiled.refusals():
        return trainer.run(toys.int64(first), toys.int64(last), tf.constant(0.1))


def values(variables):
    return [v.numpy() for v in variables]


@pytest.mark.parametrize(
    "space", ["macro", pytest.param("micro", marks=pytest.mark.slow), "rnn"]
)
def test_steps_are_the_plain_ones_but_for_rounding(space):
    (plain, wanted), (quick, found) = (
        trainer_of(space, jit=jit) for jit in (False, True)
    )
    first = values(found)
    for trainer in (plain, quick):
        run(trainer, 0, 3)
    for ours, theirs in zip(found, wanted, strict=True):
        np.testing.assert_allclose(ours, theirs, **TOLERANCE)
    assert np.abs(first[0] - found[0]).max() > 1e-3


def test_a_killed_training_goes_on_to_the_bit_with_what_is_dropped():
    whole, found = trainer_of("macro", jit=True, config=DROPS)
    run(whole, 0, 1)
    stopped = values(found)
    run(whole, 1, 3)
    # A new process, with a compilation of its own.
    again, later = trainer_of("macro", jit=True, config=DROPS)
    for variable, value in zip(later, stopped, strict=True):
        variable.assign(value)
    run(again, 1, 3)
    for ours, theirs in zip(later, found, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_what_xla_cannot_compile_is_told_in_a_line():
    reason = "MaxPool gradient ops do not yet have a deterministic XLA implementation"
    message = (
        f"Graph execution error:\n\nDetected at node x\n{reason}.\n\t "
        "[[{{node x}}]]\n\ttf2xla conversion failed while converting __inference_1[]."
    )
    with pytest.raises(ConfigError, match=f"--jit_compile .*{reason}.*Leave it out"):
        with compiled.refusals():
            raise tf.errors.UnimplementedError(None, None, message)


def test_a_max_pool_is_refused_before_anything_is_trained():
    average, maximum = (
        kind(3, 1, name=f"layer_1_{name}")
        for kind, name in (
            (keras.layers.AveragePooling2D, "average"),
            (max_pool.MaxPooling2D, "maximum"),
        )
    )
    compiled.refuse_max_pools([average])
    with pytest.raises(
        ConfigError, match=r"max pool \(layer_1_maximum\).*Leave it out"
    ):
        compiled.refuse_max_pools([average, maximum])


def test_other_errors_stay_what_they_are():
    with pytest.raises(tf.errors.UnimplementedError), compiled.refusals():
        raise tf.errors.UnimplementedError(None, None, "a kernel is missing")
