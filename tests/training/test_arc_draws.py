"""The arcs of a child step: uniform ones, fair rounds, the policy's in turn."""

from typing import NamedTuple

import numpy as np
import pytest
import tensorflow as tf
import toys

from enas_tf.config.sections import ChildConfig
from enas_tf.nn import seeds
from enas_tf.spaces import base, macro, micro, rnn
from enas_tf.training import arc_draws

SPACES = {
    "macro": macro.MacroSpace(4),
    "micro": micro.MicroSpace(2),
    "rnn": rnn.RnnSpace(5),
}
SEED = tf.constant([3, 4])
by_space = pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)


class Unequal(NamedTuple):
    """The part of a space that is read: an op of 2, 3 anchors, an op of 3."""

    def choices_per_token(self):
        return np.array([2, 3, 3])

    def chooses_op(self):
        return np.array([True, False, True])


class Ones:
    """A policy whose every arc is ones, as many as the space has tokens."""

    def draw(self, batch_size, *, seed):
        return tf.ones([batch_size, toys.SPACE.num_tokens], tf.int32)


def draw_of(*, policy=None, num_epochs=4, **settings):
    return arc_draws.of_config(
        ChildConfig(**settings),
        policy or Ones(),
        toys.SPACE,
        steps_before=lambda epoch: 3 * epoch,
        num_epochs=num_epochs,
        seed=7,
    )


def at(draw, step):
    return draw(toys.int64(step)).numpy()


@by_space
def test_uniform_arcs_take_each_choice_equally_often(space):
    tokens = arc_draws.uniform(space, 3000, seed=SEED).numpy()
    assert tokens.dtype == np.int32
    for column, choices in zip(tokens.T, space.choices_per_token(), strict=True):
        counts = np.bincount(column, minlength=choices)
        assert len(counts) == choices
        # Five deviations of a binomial count.
        assert np.all(np.abs(counts - 3000 / choices) < 5 * np.sqrt(3000 / choices))


@by_space
def test_a_fair_round_has_each_op_of_each_decision_exactly_once(space):
    rounds, ops = 2, len(space.ops)
    tokens = arc_draws.fair(space, rounds, seed=SEED).numpy()
    assert tokens.shape == (rounds * ops, space.num_tokens)
    assert np.all(tokens < space.choices_per_token()) and tokens.min() == 0
    of_ops = tokens[:, space.chooses_op()]
    for begin in (0, ops):
        rows = np.sort(of_ops[begin : begin + ops], axis=0)
        np.testing.assert_array_equal(rows, np.broadcast_to(range(ops), rows.T.shape).T)
    # The orders of two decisions, and of two rounds, are not one.
    assert len({tuple(column) for column in of_ops.T}) > 1
    assert not np.array_equal(of_ops[:ops], of_ops[ops:])


def test_a_decision_of_fewer_ops_takes_them_again_and_others_are_uniform():
    rounds = arc_draws.fair(Unequal(), 300, seed=SEED).numpy().reshape(300, 3, 3)
    two, anchor, three = np.moveaxis(rounds, 2, 0)
    np.testing.assert_array_equal(two[:, 2], two[:, 0])
    np.testing.assert_array_equal(two[:, 0] + two[:, 1], np.ones(300))
    np.testing.assert_array_equal(np.sort(three), np.tile([0, 1, 2], (300, 1)))
    assert 110 < (two[:, 0] == 0).sum() < 190
    # Each of six orders is there, and rounds with an anchor twice are.
    assert len({tuple(row) for row in three}) == 6
    assert any(len(set(row)) < 3 for row in anchor)


@by_space
def test_the_tokens_of_ops_are_those_of_decisions_on_ops(space):
    expected = [
        isinstance(one, base.Op)
        for one in space.decisions()
        for _ in range(_width(one))
    ]
    assert space.chooses_op().tolist() == expected and any(expected)


def _width(decision):
    return decision.width if isinstance(decision, base.Skips) else 1


@pytest.mark.parametrize("count", [1, 3])
def test_by_default_a_step_has_arcs_of_the_policy(count):
    policy = toys.controller()
    draw = draw_of(policy=policy, arcs_per_step=count)
    wanted = policy.draw(count, seed=seeds.at(7, "arc", 5))
    np.testing.assert_array_equal(at(draw, 5), wanted)


@pytest.mark.parametrize(("sampling", "arcs"), [("uniform", 2), ("fair", 6)])
def test_the_policy_takes_over_after_so_many_epochs(sampling, arcs):
    draw = draw_of(sampling=sampling, sampling_epochs=2, arcs_per_step=2)
    early = np.stack([at(draw, step) for step in range(6)])
    assert early.shape == (6, arcs, 3) and early.min() == 0
    np.testing.assert_array_equal(at(draw, 6), np.ones((2, 3)))


@pytest.mark.parametrize("epochs", [0, 4, 9])
def test_without_such_a_number_the_policy_draws_none(epochs):
    draw = draw_of(sampling="fair", sampling_epochs=epochs)
    assert at(draw, 11).shape == (3, 3)


@pytest.mark.parametrize("sampling", ["uniform", "fair"])
def test_the_arcs_of_a_step_are_a_function_of_its_number(sampling):
    draw = draw_of(sampling=sampling, arcs_per_step=4)
    np.testing.assert_array_equal(at(draw, 8), at(draw, 8))
    assert not np.array_equal(at(draw, 8), at(draw, 9))
