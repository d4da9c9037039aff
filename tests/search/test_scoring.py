"""Scores of arcs under the shared weights."""

import numpy as np
import pytest
import tensorflow as tf
import toys

from enas_tf.children import rnn as rnn_child
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.search import scoring
from enas_tf.spaces import rnn
from enas_tf.tasks import language_model
from enas_tf.training import batching

SEED = tf.constant([1, 2])


@pytest.mark.parametrize(
    ("size", "batch_size", "count"),
    [(10, 5, 2), (10, 4, 3), (10, 10, 1), (10, 1, 10), (3, 100, 1), (11, 10, 2)],
)
def test_a_cut_counts_each_example_once_in_full_batches(size, batch_size, count):
    batches = batching.cut(size, batch_size)
    assert batches.indices.shape == batches.weights.shape
    assert batches.indices.shape == (count, min(size, batch_size))
    counted = np.bincount(
        batches.indices.ravel(), batches.weights.ravel(), minlength=size
    )
    np.testing.assert_array_equal(counted, np.ones(size))
    assert all(len(set(row)) == len(row) for row in batches.indices)


def test_the_last_batch_begins_early_and_its_repeats_weigh_nothing():
    batches = batching.cut(5, 3)
    np.testing.assert_array_equal(batches.indices, [[0, 1, 2], [2, 3, 4]])
    np.testing.assert_array_equal(batches.weights, [[1, 1, 1], [0, 1, 1]])


def test_a_cut_follows_the_order_given():
    batches = batching.cut(4, 2, order=np.array([3, 1, 0, 2]))
    np.testing.assert_array_equal(batches.indices, [[3, 1], [0, 2]])


def scorer():
    task, child = toys.task(), toys.child()
    return scoring.Scorer(child, toys.SPACE, task), task, child


def test_a_row_is_the_accuracy_of_its_arc_on_its_batch():
    ours, task, child = scorer()
    tokens = toys.SPACE.random(np.random.default_rng(0), 3)
    indices = np.array([[0, 1, 2, 3], [3, 5, 7, 9], [0, 1, 2, 3]], np.int32)
    weights = np.ones((3, 4), np.float32)
    weights[2, 0] = 0.0
    found = ours.means(tokens, batching.Batches(indices, weights), split="valid")
    for row in range(3):
        batch = task.batch("valid", tf.constant(indices[row]))
        logits = child(batch.inputs, arc=toys.SPACE.decode(tokens[row])).logits
        right = np.argmax(logits, axis=1) == batch.labels
        wanted = np.sum(right * weights[row]) / weights[row].sum()
        np.testing.assert_allclose(found[row], wanted)


class Asked(language_model.LanguageModel):
    """A text that counts how often its losses are computed in a graph."""

    count = 0

    def measured(self, output, batch):
        self.count += 1
        return super().measured(output, batch)


def test_a_texts_losses_are_computed_once_for_both_values():
    ids = np.arange(13, dtype=np.int32) % 5
    task, space = Asked(dict(valid=ids), bptt_steps=4), rnn.RnnSpace(1)
    config = RnnChildConfig(hidden_size=2)
    child = rnn_child.SharedRnnChild(space, config, vocab_size=5, seed=0)
    ours = scoring.Scorer(child, space, task)
    found = ours.scores(np.array([[0, 1]], np.int32), batching.cut(3, 3), split="valid")
    assert task.count == 1
    np.testing.assert_array_equal(found.log_likelihood, -found.measured)
    np.testing.assert_allclose(found.measured, np.full([1, 3], np.log(5)), rtol=1e-3)


def test_one_trace_for_any_number_of_rows_and_examples():
    ours, *_ = scorer()
    for count, batch_size in [(1, 4), (5, 4), (3, 7)]:
        tokens = toys.SPACE.random(np.random.default_rng(0), count)
        indices = np.tile(np.arange(batch_size, dtype=np.int32), (count, 1))
        rows = batching.Batches(indices, np.ones(indices.shape, np.float32))
        assert ours.means(tokens, rows, split="valid").shape == (count,)
    assert ours._compiled("valid").experimental_get_tracing_count() == 1


def test_scoring_changes_no_weight():
    ours, _, child = scorer()
    before = child.parameters.vector.numpy()
    rows = batching.cut(10, 5)
    ours.means(np.zeros((2, 3), np.int32), rows, split="test")
    np.testing.assert_array_equal(child.parameters.vector, before)


def test_shuffled_batches_are_full_without_repeats_and_differ():
    ours, *_ = scorer()
    batches = ours.random_batches("valid", 6, 10, seed=SEED).numpy()
    assert batches.shape == (6, 10) and batches.dtype == np.int32
    assert batches.min() >= 0 and batches.max() < toys.SIZES["valid"]
    assert all(len(set(row)) == 10 for row in batches)
    assert len({tuple(row) for row in batches}) == 6


def test_shuffled_batches_are_a_function_of_their_seed():
    ours, *_ = scorer()
    first, again, other = (
        ours.random_batches("valid", 2, 5, seed=tf.constant([1, n])).numpy()
        for n in (2, 2, 3)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
