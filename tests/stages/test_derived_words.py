"""Sentences of deriving that hang on what was found."""

import types

import pytest

from enas_tf.config import sections as config_lib
from enas_tf.run.measures import ACCURACY, PERPLEXITY
from enas_tf.search.comparison import Comparison
from enas_tf.stages import derived_words, retrain_top
from enas_tf.stages.retrained import Retrained
from enas_tf.training.validation import Validated

DISADVANTAGE = "What the first has beyond the second is that disadvantage."


def test_fewer_different_arcs_than_asked_for_are_said():
    config = config_lib.replace(config_lib.Config(), {"derive_retrain_top": 3})
    (line,) = derived_words._retrained(config, [0.75, 0.5], 2, ACCURACY)
    assert "Of the 2 best (3 were asked for, 2 are different), each" in line
    assert "number 2 is the best by validation, accuracy 0.7500" in line
    (line,) = derived_words._retrained(config, [0.75, 0.5, None], 1, ACCURACY)
    assert "Of the 3 best, each" in line
    (line,) = derived_words._retrained(config, [None, None, None], 0, ACCURACY)
    assert "the shared weights' choice stands" in line


def test_a_training_that_an_earlier_command_made_is_said_to_be_kept():
    one = Retrained("0 1", Validated(0.75, -1.0), 61.0)
    new = retrain_top._in_words(one, "1 of 2", ACCURACY, kept=False)
    assert "Arc 1 of 2 trained from scratch in 1 min 1 s: validation" in new
    kept = retrain_top._in_words(one, "1 of 2", ACCURACY, kept=True)
    assert "was trained from scratch by an earlier command" in kept
    assert kept.endswith("kept: validation accuracy 0.7500.")


@pytest.mark.parametrize(
    ("measure", "search", "neutral", "explained"),
    [
        (ACCURACY, 0.2, 0.1, True),
        (ACCURACY, 0.1, 0.2, False),  # neutral weights give more
        (ACCURACY, -0.1, -0.2, False),
        (PERPLEXITY, -0.2, -0.1, True),  # nats a word: less is better
        (PERPLEXITY, -0.1, -0.2, False),
    ],
)
def test_the_disadvantage_explains_only_what_neutral_weights_take_away(
    measure, search, neutral, explained
):
    derived, evened = (
        types.SimpleNamespace(
            comparison=Comparison(1.0, 1.0 - d, d, d - 0.01, d + 0.01),
            random=Comparison(1.0, 1.0 - d, d, d - 0.01, d + 0.01),
        )
        for d in (search, neutral)
    )
    lines = derived_words._evened(derived, evened, 2, measure, favoured=True)
    assert (DISADVANTAGE in lines[1]) is explained
    assert DISADVANTAGE not in " ".join(
        derived_words._evened(derived, evened, 2, measure, favoured=False)
    )
