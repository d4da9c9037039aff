"""Words on a search in trouble, and none on a healthy one."""

import pytest
from absl import flags as absl_flags

from enas_tf.command import flags
from enas_tf.config.sections import ControllerConfig
from enas_tf.search import health

IMAGES, TEXTS = ("auto", "accuracy", "log_likelihood"), ("auto", "perplexity")
CURES = health.cures(ControllerConfig(), IMAGES)
# .2 nats are enough.
HALF = dict(updates=150, total=300, num_tokens=20, cures=CURES)
SHORT = dict(
    normalize_advantage=True,
    reward_batch="common",
    baseline="leave_one_out",
    reward="log_likelihood",
    decision_bias=10.0,
)


def test_a_policy_that_has_not_moved_by_half_is_told_with_the_cure():
    words = health.not_moved(dict(moved=0.01), **HALF)
    assert "hardly moved: after 150 of 300 updates" in words and "0.01 nats" in words
    assert "--controller_decision_bias=10" in words


def test_a_cure_that_is_taken_already_is_not_named():
    assert health.cures(ControllerConfig(**SHORT), IMAGES) == (
        "It may learn more with more --controller_train_steps or a larger "
        "--controller_lr."
    )


def test_a_cure_that_the_space_refuses_is_not_named():
    assert "log_likelihood" in CURES
    assert "log_likelihood" not in health.cures(ControllerConfig(), TEXTS)


@pytest.mark.parametrize(
    ("figures", "changes"),
    [
        (dict(moved=0.2), {}),
        (dict(moved=0.0), dict(updates=149)),
        (dict(moved=0.15), dict(num_tokens=15)),
        ({}, {}),
    ],
)
def test_a_policy_that_moves_or_has_time_left_is_not_told_of(figures, changes):
    assert health.not_moved(figures, **{**HALF, **changes}) == ""


@pytest.mark.parametrize(
    ("figures", "what"),
    [
        (dict(weightless_share=0.85, unique_arcs=90.0), "85% of its ops have no weigh"),
        (dict(weightless_share=0.5, unique_arcs=4.0), "different arcs among 100 is 4."),
        (dict(unique_arcs=1.0), "different arcs among 100 is 1."),
    ],
)
def test_a_policy_that_has_collapsed_is_told_with_the_cure(figures, what):
    words = health.collapsed(figures, arcs=100, size=10**6)
    assert what in words and "--controller_entropy_weight" in words


@pytest.mark.parametrize(
    ("figures", "size"),
    [
        (dict(weightless_share=0.8, unique_arcs=5.0), 10**6),
        (dict(unique_arcs=3.0), 3),  # all that the space has
        ({}, 10**6),
    ],
)
def test_a_broad_policy_is_not_told_of(figures, size):
    assert health.collapsed(figures, arcs=100, size=size) == ""


def test_the_cures_are_flags_that_there_are():
    values = absl_flags.FlagValues()
    flags.define(values)
    words = health.not_moved(dict(moved=0.0), **HALF)
    words += " " + health.collapsed(dict(unique_arcs=1.0), arcs=100, size=9)
    named = {
        word.strip(".,").partition("=")[0] for word in words.split() if "--" in word
    }
    assert len(named) == 9
    assert {name.removeprefix("--") for name in named} <= set(values)
