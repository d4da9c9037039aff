"""Which texts are too short for which settings."""

import numpy as np
import pytest

from enas_tf.config import sections as config
from enas_tf.data.text import fits as text_fits
from enas_tf.data.text.text_data import TextData


def of_length(train, valid, test=2):
    splits = (np.ones(length, np.int32) for length in (train, valid, test))
    return TextData("mine", *splits, vocabulary=("<eos>", "a"))


@pytest.mark.parametrize(("batch_size", "bptt"), [(10, 9), (3, 32), (1, 99), (50, 1)])
def test_a_text_that_makes_up_one_batch_fits(batch_size, bptt):
    text_fits.check_search(of_length(100, 100), batch_size=batch_size, bptt=bptt)


@pytest.mark.parametrize(
    ("batch_size", "bptt", "message"),
    [
        (11, 9, "--batch_size=11 .* at most 10 where --child_bptt_steps=9"),
        (2, 50, "--batch_size=2 .* at most 1 where --child_bptt_steps=50"),
        (1, 100, "--child_bptt_steps=100 .* at most 99"),
    ],
)
@pytest.mark.parametrize("lengths", [(100, 1_000), (1_000, 100)])
def test_a_text_shorter_than_a_batch_is_refused(lengths, batch_size, bptt, message):
    kind = "training" if lengths[0] == 100 else "validation"
    message += f", since the {kind} text of mine has 100 words"
    with pytest.raises(config.ConfigError, match=message) as caught:
        text_fits.check_search(of_length(*lengths), batch_size=batch_size, bptt=bptt)
    assert "\n" not in str(caught.value)


def test_a_training_needs_no_batch_of_validation():
    text_fits.check_training(of_length(100, 2), batch_size=10, bptt=9)
    with pytest.raises(config.ConfigError, match="at most 10 where"):
        text_fits.check_training(of_length(100, 2), batch_size=11, bptt=9)


@pytest.mark.parametrize("check", [text_fits.check_search, text_fits.check_training])
@pytest.mark.parametrize(
    ("lengths", "kind"),
    [((100, 100, 1), "test"), ((100, 1, 9), "validation"), ((1, 100, 9), "training")],
)
def test_a_text_in_which_no_word_follows_another_is_refused(check, lengths, kind):
    message = f"The {kind} text of mine has too few words .1.: .* at least 2"
    with pytest.raises(config.ConfigError, match=message):
        check(of_length(*lengths), batch_size=1, bptt=1)


def test_training_text_of_ends_of_lines_alone_is_refused():
    ends, words = np.zeros(100, np.int32), np.ones(100, np.int32)
    data = TextData("mine", ends, words, words, vocabulary=("<eos>", "a"))
    with pytest.raises(config.ConfigError, match="has no word but <eos>"):
        text_fits.check_training(data, batch_size=1, bptt=1)
