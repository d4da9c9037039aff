"""The logits that each decision has for itself."""

import numpy as np
import pytest
import tensorflow as tf
import toys

from enas_tf.config.sections import ControllerConfig
from enas_tf.search import decision_bias
from enas_tf.search.controller import Controller
from enas_tf.spaces import base, macro, micro, rnn

OP, SKIPS = base.Op("op", 3), base.Skips("skip", 2)
SPACES = [macro.MacroSpace(4), micro.MicroSpace(3), rnn.RnnSpace(3)]


def tokens_of(space, count=5):
    return tf.constant(space.random(np.random.default_rng(1), count), tf.int32)


def controller(space, **settings):
    config = ControllerConfig(lstm_size=8, **settings)
    return toys.spread(Controller(space.tape(), config, seed=0), scale=0.5)


def test_an_op_has_a_number_for_each_choice_and_a_skip_one_for_yes():
    assert decision_bias.count([OP, SKIPS]) == 5
    op, skips = decision_bias.split(tf.constant([1.0, 2.0, 3.0, 4.0, 5.0]), [OP, SKIPS])
    np.testing.assert_array_equal(op, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(skips, [[-4.0, 4.0], [-5.0, 5.0]])


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
def test_it_is_added_to_the_logits_behind_the_tanh(space):
    tokens = tokens_of(space)
    plain = controller(space, tanh_constant=1.5)
    biased = controller(space, tanh_constant=1.5, decision_bias=10.0)
    for weight, other in zip(plain.weights, biased.weights, strict=False):
        other.assign(weight)
    decisions = [step.decision for step in space.tape() if step.decision]
    total = decision_bias.count(decisions)
    values = np.linspace(-20.0, 20.0, total).astype(np.float32)
    biased.decision_bias.assign(values)
    parts = decision_bias.split(tf.constant(values), decisions)
    rows = zip(plain.logits(tokens), biased.logits(tokens), parts, strict=True)
    for without, with_bias, part in rows:
        np.testing.assert_allclose(with_bias, without + part, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
def test_the_policy_begins_as_without(space):
    tokens = tokens_of(space)
    plain, biased = controller(space), controller(space, decision_bias=10.0)
    for weight, other in zip(plain.weights, biased.weights, strict=False):
        other.assign(weight)
    biased.decision_bias.assign(tf.zeros_like(biased.decision_bias))
    np.testing.assert_array_equal(
        plain.log_prob(tokens).log_prob, biased.log_prob(tokens).log_prob
    )


def test_none_is_made_by_default():
    names = [weight.name for weight in controller(SPACES[0]).weights]
    assert "decision_bias" not in names


def test_its_learning_rate_alone_is_multiplied():
    model = controller(SPACES[0], decision_bias=7.0)
    factors = dict(
        zip([w.name for w in model.trainable_variables], model.lr_factors, strict=True)
    )
    assert factors.pop("decision_bias") == 7.0
    assert set(factors.values()) == {1.0}
