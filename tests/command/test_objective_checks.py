"""A --reward that cannot be right is refused in one line, before TensorFlow."""

import pytest

from enas_tf.command import checks, objective_checks
from enas_tf.config import sections as config


def line(**values):
    with pytest.raises(config.ConfigError) as caught:
        checks.check_reward(config.replace(config.Config(), values))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_an_unknown_name_is_told_with_its_place_and_those_that_are_known():
    assert line(reward="accuracy - speed") == (
        "--reward='accuracy - speed' is not allowed: it must be an expression of "
        "accuracy, log_likelihood, params, flops, latency in the macro space, numbers, "
        "+ - * / ** ( ) and abs, exp, log, sqrt, tanh, min, max. At character 12: "
        "'speed' is none of these names."
    )


def test_a_long_text_is_not_repeated():
    assert len(line(reward="(" * 2**20)) < 600


def test_an_expression_of_numbers_alone_is_refused():
    assert "It reads nothing of an arc." in line(reward="2**9")


def test_a_text_has_a_perplexity_and_no_latency():
    assert "of perplexity, log_likelihood, params, flops in the rnn space" in line(
        search_for="rnn", reward="accuracy"
    )
    assert "the rnn space has no model of its latency" in line(
        search_for="rnn", reward="latency", reward_target=5.0
    )


def test_a_cost_alone_needs_a_target_and_a_target_a_cost():
    assert line(reward="params").startswith(
        "--reward=params needs a --reward_target above 0, what an arc is to cost"
    )
    assert line(reward_target=5.0).startswith(
        "--reward_target=5.0 is not allowed: it must be left out where --reward names"
    )
    values = dict(reward="params", reward_target=5.0)
    checks.check_reward(config.replace(config.Config(), values))


def test_a_reward_beside_what_is_told_is_refused():
    checks_of_told = objective_checks.check_told
    checks_of_told(config.Config())
    own = config.replace(config.Config(), dict(reward="accuracy**2"))
    with pytest.raises(config.ConfigError, match="what is told is the reward"):
        checks_of_told(own)


def test_it_is_refused_on_the_command_line(refused):
    assert "'speed' is none" in refused("--reward=1 - speed", "--dataset=digits")
    assert "--reward is empty" in refused("--reward=", "--dataset=digits")
