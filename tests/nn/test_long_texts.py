"""Texts of any length, read in pieces."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn import language, long_texts

ROWS = [[3, 1, 4, 1, 5, 2, 0, 5, 3, 5, 4], [2, 3], [1], [0, 4, 4, 0, 1, 2]]
COMMON = dict(init_range=1.0, seed=0)


def cell():
    return language.CellWordModel(
        6, 4, inputs=(0, 0), ops=(1, 2), functions=("tanh", "relu", "sigmoid"), **COMMON
    )


def lstm():
    return language.LstmWordModel(6, 4, inner_size=3, **COMMON)


def at_once(layer, row):
    """ln P of all words but the first, by one pass over the text."""
    if len(row) == 1:
        return 0.0
    logits, _ = layer(tf.constant([row[:-1]]), layer.initial_state(1))
    table = tf.nn.log_softmax(logits[0]).numpy().astype(np.float64)
    return sum(table[place, word] for place, word in enumerate(row[1:]))


@pytest.mark.parametrize("make", [cell, lstm])
@pytest.mark.parametrize("words", [1, 8, 12, 512])
def test_pieces_of_any_size_give_the_same(make, words, monkeypatch):
    monkeypatch.setattr(long_texts, "WORDS", words)
    layer, ids = make(), tf.ragged.constant(ROWS, tf.int32)
    found = tf.function(long_texts.log_probabilities)(layer, ids)
    wanted = [at_once(layer, row) for row in ROWS]
    np.testing.assert_allclose(found, wanted, rtol=1e-5)
    np.testing.assert_array_equal(long_texts.num_targets(ids), [10, 1, 0, 5])


@pytest.mark.parametrize("make", [cell, lstm])
@pytest.mark.parametrize("words", [1, 8, 512])
def test_the_next_word_is_the_same_after_pieces_of_any_size(make, words, monkeypatch):
    monkeypatch.setattr(long_texts, "WORDS", words)
    layer, ids = make(), tf.constant([[3, 1, 4, 1, 5, 2, 0], [5, 3, 5, 4, 4, 0, 1]])
    begin = 0.1 * tf.ones([2, layer.state_size])
    logits, state = layer(ids, begin)
    found = tf.function(long_texts.next_logits)(layer, ids, begin)
    np.testing.assert_allclose(found[0], logits[:, -1], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found[1], state, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("rows", "longest", "vocab_size", "width"),
    [
        (1, 3, 10_000, 3),  # no wider than the text
        (1, 512, 10_000, 512),
        (1, 513, 10_000, 257),  # two pieces alike
        (64, 1_000, 10_000, 8),
        (1, 1_000, 2**20, 16),
        (1, 1_000, 2**30, 1),
        (9_999, 5, 100, 1),
        (0, 0, 100, 1),
    ],
)
def test_the_words_of_a_piece_are_bounded(rows, longest, vocab_size, width):
    args = tf.constant(rows), tf.constant(longest), vocab_size
    assert int(long_texts._width(*args)) == width


@pytest.mark.parametrize("rows", [[], [[]], [[2]]])
def test_texts_without_a_word_to_score_have_the_logarithm_of_one(rows):
    ids = tf.ragged.constant(rows, tf.int32, ragged_rank=1)
    np.testing.assert_array_equal(
        long_texts.log_probabilities(cell(), ids), [0.0] * len(rows)
    )
    np.testing.assert_array_equal(long_texts.num_targets(ids), [0] * len(rows))
