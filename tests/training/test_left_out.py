"""Steps of a search whose gradient is not finite: they change nothing, and are told."""

import numpy as np
import pytest
import tensorflow as tf
import toys
from function_network import IndexTask

from enas_tf.children.output import ChildOutput
from enas_tf.config.sections import ChildConfig
from enas_tf.tasks import lessons
from enas_tf.training import left_out, networks, shared

INFINITE, NONE = float("inf"), float("nan")


class Overflowing:
    """Two weights and a state that counts; in some steps the loss is times `factor`."""

    num_tokens = 1
    optimizer = networks.SampledChild.optimizer

    def __init__(self, steps, factor):
        self.variables, self.decayed = [tf.Variable([1.0, 2.0])], [True]
        self._steps, self._factor = steps, factor

    def initial_state(self, batch_size):
        return tf.zeros([batch_size])

    def forward(self, inputs, *, step, state=None):
        bad = tf.reduce_any(tf.equal(step, tf.constant(self._steps, tf.int64)))
        factor = tf.where(bad, self._factor, 1.0)
        loss = factor * tf.reduce_sum(self.variables[0])
        return ChildOutput(loss, state=state + 1.0), tf.zeros([1], tf.int32)

    def arc_text(self, tokens):
        return "0"


def of(*steps, factor=INFINITE, **settings):
    """A trainer of which these steps overflow, and its network."""
    network, task = Overflowing(steps, factor), IndexTask(80)
    order = lessons.Shuffled(task, batch_size=4, seed=0)
    config = ChildConfig(**{"l2_reg": 0.1, **settings})
    return shared.SharedTrainer(network, task, config, lessons=order), network


def run(trainer, first, last):
    return trainer.run(toys.int64(first), toys.int64(last), tf.constant(0.1))


def bits(network, trainer):
    held = [*network.variables, *trainer.variables[:-1]]  # the last one is the state
    return [variable.numpy().tobytes() for variable in held]


@pytest.mark.parametrize("factor", [INFINITE, NONE, -INFINITE, 3e38])
@pytest.mark.parametrize("clip_mode", ["global", "norm", "none"])
@pytest.mark.parametrize("update", ["all", "used"])
def test_such_a_step_changes_no_weight_and_no_momentum(factor, clip_mode, update):
    how = dict(clip_mode=clip_mode, update=update, momentum=0.9)
    trainer, network = of(1, factor=factor, **how)
    run(trainer, 0, 1)
    before = bits(network, trainer)
    assert bool(run(trainer, 1, 2).goes_on)
    assert bits(network, trainer) == before
    assert trainer.left_out.steps == 1
    run(trainer, 2, 3)
    assert bits(network, trainer) != before
    assert np.isfinite(network.variables[0]).all()
    assert trainer.left_out.steps == 1


def test_the_next_step_begins_without_a_state():
    trainer, _ = of(2)
    states = []
    for step in range(5):
        run(trainer, step, step + 1)
        states.append(float(trainer.variables[-1][0]))
    assert states == [1, 2, 0, 1, 2]


def test_it_is_in_no_mean():
    trainer, _ = of(1)
    run(trainer, 0, 3)
    assert trainer.row.steps == 2
    assert np.isfinite(list(trainer.row.values().values())).all()
    alone, _ = of(0)
    run(alone, 0, 1)
    assert alone.row.steps == 0 and np.isnan(alone.row.values()["loss"])


def test_the_others_are_as_without_it():
    """A step of a search hangs on the weights and on its number alone."""
    with_one, one = of(2)
    run(with_one, 0, 5)
    without, other = of()
    for first, last in ((0, 2), (3, 5)):
        run(without, first, last)
    assert one.variables[0].numpy().tobytes() == other.variables[0].numpy().tobytes()


def test_many_in_a_row_end_the_training_however_it_is_cut_into_calls():
    most = left_out.MOST_IN_A_ROW
    trainer, _ = of(*range(3, 18))
    found = run(trainer, 0, 20)
    assert not bool(found.goes_on)
    assert int(found.last) == 3 + most - 1
    trainer, _ = of(*range(3, 18))
    went_on = [bool(run(trainer, step, step + 1).goes_on) for step in range(3 + most)]
    assert went_on == [True] * (2 + most) + [False]


def test_a_good_one_between_them_ends_the_row():
    most = left_out.MOST_IN_A_ROW
    bad = [step for step in range(2 * most - 1) if step != most - 1]
    trainer, _ = of(*bad)
    assert bool(run(trainer, 0, 20).goes_on)
    assert trainer.left_out.steps == 2 * (most - 1)
