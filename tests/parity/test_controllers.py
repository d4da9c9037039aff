"""The controller against the authors' samplers and trainers, on every tape.

What they do each in their own way is in test_controller_<space>.py.
"""

from collections.abc import Callable
from typing import NamedTuple

import controllers
import goldens
import numpy as np
import pytest
import tensorflow as tf

from enas_tf.config import sections as config
from enas_tf.search import reinforce


class Recorded(NamedTuple):
    """What a space's recordings are of; see the README.md beside the files.

    Attributes:
      build: the controller.
      quality: the recording -> [K], the reward without the entropy's share.
      entropy_weight: that share.
      decay: of the baseline.
    """

    build: controllers.Build
    quality: Callable[[goldens.Arrays], np.ndarray]
    entropy_weight: float
    decay: float


def accuracy(arrays: goldens.Arrays) -> np.ndarray:
    return arrays["valid_acc"]


def inverse_perplexity(arrays: goldens.Arrays) -> np.ndarray:
    return 80 / np.exp(arrays["rl_loss"])


SPACES = dict(
    macro=Recorded(controllers.macro_case, accuracy, 1e-4, 0.99),
    micro=Recorded(controllers.micro_case, accuracy, 1e-4, 0.99),
    rnn=Recorded(controllers.rnn_case, inverse_perplexity, 1e-5, 0.999),
)
recordings = pytest.mark.parametrize(
    ("recorded", "paths"),
    [
        pytest.param(recorded, *case.values, marks=case.marks, id=case.id)
        for space, recorded in SPACES.items()
        for case in goldens.cases(f"controller_{space}")
    ],
)


def test_the_table_is_complete():
    assert set(SPACES) >= set(config.SPACES)


@recordings
def test_logits_of_every_decision(recorded, paths):
    arrays = goldens.load(paths)
    controller, _, tokens = recorded.build(arrays)
    ours = controller.logits(tokens)
    for row in range(len(tokens)):
        theirs = goldens.below(arrays, f"logits{row}/")
        assert len(theirs) == len(ours)
        for number, one in enumerate(ours):
            wanted = theirs[f"{number:02d}"]
            found = np.reshape(one[row], wanted.shape)
            goldens.assert_close(found, wanted, f"decision {number} of arc {row}")


@recordings
def test_log_probabilities_which_are_negative_in_theirs(recorded, paths):
    arrays = goldens.load(paths)
    controller, _, tokens = recorded.build(arrays)
    sample = controller.log_prob(tokens)
    goldens.assert_close(-sample.log_prob, arrays["log_prob"], "log probability")
    np.testing.assert_array_equal(sample.tokens, tokens)


@recordings
def test_rewards_and_the_mended_baseline(recorded, paths):
    arrays = goldens.load(paths)
    decay = recorded.decay
    bonus = recorded.entropy_weight * arrays["entropy"]
    goldens.assert_close(recorded.quality(arrays) + bonus, arrays["reward"], "reward")
    for before, reward, after in zip(
        arrays["baseline_before"],
        arrays["reward"],
        arrays["baseline_after"],
        strict=True,
    ):
        ours = reinforce.over_moving(
            tf.constant([reward]), tf.constant(before), decay=decay
        )
        goldens.assert_close(ours.baseline, after, "baseline after")
        # The original takes the baseline after its update: decay times our advantage.
        goldens.assert_close(decay * ours.values[0], reward - after, "advantage")
