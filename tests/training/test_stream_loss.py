"""The loss over a whole text."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn import language
from enas_tf.training import stream_loss

IDS = np.random.default_rng(0).integers(0, 7, 61).astype(np.int32)


@pytest.fixture(scope="module")
def model():
    return language.CellWordModel(
        7,
        5,
        inputs=(0, 1),
        ops=(0, 1),
        functions=("tanh", "relu", "sigmoid", "identity"),
        init_range=0.8,
        seed=0,
    )


def word_by_word(model, ids):
    """Mean loss, one word after another, as published: one row, steps of one word."""
    state, losses = model.initial_state(1), []
    for word, following in zip(ids[:-1], ids[1:], strict=True):
        logits, state = model(tf.constant([[word]]), state)
        losses.append(-tf.nn.log_softmax(logits[0, 0])[following])
    return np.mean(losses)


@pytest.mark.parametrize("bptt_steps", [1, 7, 60, 100])
def test_longer_pieces_of_one_row_are_as_exact(model, bptt_steps):
    found = stream_loss.StreamLoss(model).mean(IDS, batch_size=1, bptt_steps=bptt_steps)
    np.testing.assert_allclose(found, word_by_word(model, IDS), rtol=1e-6)


def test_every_word_but_the_first_is_counted_once(model):
    done = []
    stream_loss.StreamLoss(model).mean(
        IDS, batch_size=4, bptt_steps=7, progress=done.append
    )
    assert sum(done) == 60


def test_rows_begin_with_no_state(model):
    found = stream_loss.StreamLoss(model).mean(IDS, batch_size=2, bptt_steps=30)
    halves = [word_by_word(model, part) for part in (IDS[:31], IDS[30:])]
    np.testing.assert_allclose(found, np.mean(halves), rtol=1e-6)


def test_a_call_for_few_words_changes_nothing(model, monkeypatch):
    whole = stream_loss.StreamLoss(model).mean(IDS, batch_size=2, bptt_steps=3)
    monkeypatch.setattr(stream_loss, "WORDS_PER_CALL", 12)
    cut = stream_loss.StreamLoss(model).mean(IDS, batch_size=2, bptt_steps=3)
    np.testing.assert_allclose(cut, whole, rtol=1e-6)
