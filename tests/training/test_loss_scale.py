"""Training in float16: what is too large for it is skipped, and the factor follows."""

import numpy as np
import pytest
import tensorflow as tf
import toys
from function_network import Function, IndexTask

from enas_tf.config.sections import ChildConfig
from enas_tf.nn import precision
from enas_tf.run.checkpoint import Checkpoint
from enas_tf.tasks import lessons
from enas_tf.training import child as child_lib
from enas_tf.training import loss_scale, networks, shared

PLAIN = dict(l2_reg=0.0, momentum=0.0)
LR = tf.constant(0.5)


def in_half(slope):
    """A loss `slope` times the weight, whose gradient passes through float16."""
    return lambda v, i, _: slope * tf.cast(tf.cast(v, tf.float16), tf.float32)


def trainer_of(loss, **settings):
    network, task = Function(1.0, loss), IndexTask(4)
    config = ChildConfig(**{**PLAIN, "precision": "float16", **settings})
    shuffled = lessons.Shuffled(task, batch_size=4, seed=0)
    return child_lib.ChildTrainer(network, task, config, lessons=shuffled), network


def steps(trainer, first, last):
    return trainer.run(toys.int64(first), toys.int64(last), LR)


def test_a_step_that_overflows_changes_nothing_and_halves_the_factor():
    # 3 * 2^15 is beyond 65,504, the largest number of float16; 3 * 2^14 is not.
    trainer, network = trainer_of(in_half(3.0), momentum=0.9)
    weight, velocity = network.variables[0], trainer.variables[0]
    first = steps(trainer, 0, 1)
    assert (float(weight), float(velocity)) == (1.0, 0.0)
    assert trainer.loss_scale.value == 2.0**14
    assert float(first.metrics.grad_norm) == 0.0
    assert bool(first.goes_on)  # the loss is, so the run goes on
    second = steps(trainer, 1, 2)
    # Nesterov's first step is 1.9 gradients of 3, at a rate of 0.5.
    np.testing.assert_allclose(float(weight), 1.0 - 0.5 * 1.9 * 3.0, rtol=1e-6)
    assert float(velocity) == float(second.metrics.grad_norm) == 3.0
    assert trainer.loss_scale.value == 2.0**14


def test_many_good_steps_double_the_factor():
    trainer, _ = trainer_of(in_half(0.01))
    _, good = trainer.loss_scale.variables
    good.assign(loss_scale.GOOD_STEPS - 2)
    steps(trainer, 0, 1)
    assert trainer.loss_scale.value == loss_scale.FIRST
    steps(trainer, 1, 2)
    assert (trainer.loss_scale.value, int(good)) == (2 * loss_scale.FIRST, 0)


def test_a_bad_step_begins_the_count_anew_and_the_factor_has_bounds():
    trainer, network = trainer_of(in_half(7e4))  # beyond float16 without any factor
    factor, good = trainer.loss_scale.variables
    good.assign(5)
    factor.assign(2.0)
    steps(trainer, 0, 1)
    assert (trainer.loss_scale.value, int(good)) == (loss_scale.LOWEST, 0)
    assert float(network.variables[0]) == 1.0
    # Here it would be no better in float32: the weight says so, and the next loss.
    steps(trainer, 1, 2)
    assert not np.isfinite(float(network.variables[0]))
    assert not bool(steps(trainer, 2, 3).goes_on)
    assert trainer.loss_scale.value == loss_scale.LOWEST


def test_small_gradients_survive():
    # 2^-26 is zero in float16.
    trainer, network = trainer_of(in_half(2.0**-26))
    steps(trainer, 0, 1)
    slope = (1.0 - float(network.variables[0])) / float(LR)
    assert slope == pytest.approx(0.0, abs=1e-7)  # too little for a weight of 1
    network.variables[0].assign(0.0)
    steps(trainer, 1, 2)
    assert float(network.variables[0]) == -(2.0**-27)


@pytest.mark.parametrize("name", ["float32", "bfloat16"])
def test_other_types_have_no_factor_and_the_same_variables_as_ever(name):
    trainer, _ = trainer_of(in_half(1.0), precision=name, momentum=0.9)
    assert trainer.loss_scale is None
    assert len(trainer.variables) == 1


def search_of(name):
    """The trainer of a shared child of random arcs, and all that a checkpoint has."""
    task = toys.task()
    child, policy = toys.child(), toys.controller()
    network = networks.SampledChild(child, policy, toys.SPACE, seed=0)
    order = task.lessons(batch_size=8, num_epochs=3, seed=0)
    config = ChildConfig(out_filters=4, precision=name)
    trainer = shared.SharedTrainer(network, task, config, lessons=order)
    return trainer, dict(child=network.variables, optimizer=trainer.variables)


@pytest.mark.parametrize("name", ["bfloat16", "float16"])
def test_a_resumed_training_has_the_same_bits_and_each_step_one_trace(name, tmp_path):
    whole, theirs = search_of(name)
    resumed, ours = search_of(name)
    folder = tmp_path / "checkpoints"
    with precision.scope(name):
        if name == "float16":
            whole.loss_scale.variables[0].assign(2.0**17)  # too much for the first step
        steps(whole, 0, 1)
        Checkpoint(folder, groups=theirs, counters=["step"]).save()
        saved = theirs["child"][0].numpy()
        steps(whole, 1, 3)
        assert Checkpoint(folder, groups=ours, counters=["step"]).restore()
        steps(resumed, 1, 2)
        steps(resumed, 2, 3)
    assert whole.run.experimental_get_tracing_count() == 1
    for group, variables in theirs.items():
        for one, other in zip(variables, ours[group], strict=True):
            assert one.numpy().tobytes() == other.numpy().tobytes()
    assert np.any(saved != theirs["child"][0].numpy())
    if name == "float16":
        assert resumed.loss_scale.value < 2.0**17
