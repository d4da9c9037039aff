"""The controller against the authors' samplers and trainers, on every tape.

What they do each in their own way is in test_controller_<space>.py.
"""

import controllers
import goldens
import numpy as np
import pytest
import tensorflow as tf

from enas_tf import config
from enas_tf.training import reinforce

# Of the recordings; see the README.md beside the files.
ENTROPY_WEIGHT = 1e-4
DECAY = 0.99

BUILDS = dict(macro=controllers.macro_case, micro=controllers.micro_case)
recordings = pytest.mark.parametrize(
    ("build", "paths"),
    [
        pytest.param(build, *case.values, marks=case.marks, id=case.id)
        for space, build in BUILDS.items()
        for case in goldens.cases(f"controller_{space}")
    ],
)


def test_the_table_is_complete():
    assert set(BUILDS) == set(config.SPACES)


@recordings
def test_logits_of_every_decision(build, paths):
    arrays = goldens.load(paths)
    controller, _, tokens = build(arrays)
    ours = controller.logits(tokens)
    for row in range(len(tokens)):
        theirs = goldens.below(arrays, f"logits{row}/")
        assert len(theirs) == len(ours)
        for number, one in enumerate(ours):
            wanted = theirs[f"{number:02d}"]
            found = np.reshape(one[row], wanted.shape)
            goldens.assert_close(found, wanted, f"decision {number} of arc {row}")


@recordings
def test_log_probabilities_which_are_negative_in_theirs(build, paths):
    arrays = goldens.load(paths)
    controller, _, tokens = build(arrays)
    sample = controller.log_prob(tokens)
    goldens.assert_close(-sample.log_prob, arrays["log_prob"], "log probability")
    np.testing.assert_array_equal(sample.tokens, tokens)


@recordings
def test_rewards_and_the_mended_baseline(build, paths):
    arrays = goldens.load(paths)
    bonus = ENTROPY_WEIGHT * arrays["entropy"]
    goldens.assert_close(arrays["valid_acc"] + bonus, arrays["reward"], "reward")
    for before, reward, after in zip(
        arrays["baseline_before"],
        arrays["reward"],
        arrays["baseline_after"],
        strict=True,
    ):
        ours = reinforce.advantages(
            tf.constant([reward]), tf.constant(before), decay=DECAY
        )
        goldens.assert_close(ours.baseline, after, "baseline after")
        # The original takes the baseline after its update: decay times our advantage.
        goldens.assert_close(DECAY * ours.values[0], reward - after, "advantage")
