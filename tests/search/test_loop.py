"""Evaluations of the search loop."""

import numpy as np
import pytest
import toys

from enas_tf.config.sections import ControllerConfig, LoopConfig
from enas_tf.run import measures
from enas_tf.search import loop as search

PER_CLASS, CLASSES, BATCH = 40, 10, 50
SIZE = PER_CLASS * CLASSES


class SortedTask:
    """Every split is stored class by class, as a folder per class is read."""

    measure = measures.ACCURACY
    labels = np.repeat(np.arange(CLASSES), PER_CLASS)

    def size(self, split):
        return SIZE


class RecordingScorer:
    """Remembers on what arcs were tried; gets of each batch its share of classes."""

    def __init__(self):
        self.seen = []

    def means(self, tokens, batches, *, split):
        self.seen.append((split, batches))
        kinds = [len(set(SortedTask.labels[row])) for row in batches.indices]
        return np.array(kinds) / CLASSES


class RecordingReport:
    def __init__(self):
        self.rows = []

    def scalars(self, kind, step, values):
        self.rows.append((kind, step, values))

    def message(self, text):
        pass


def evaluated(*, eval_test, epochs=2, seed=0):
    """(what the scorer saw, what was reported) of some evaluations."""
    scorer, report = RecordingScorer(), RecordingReport()
    collaborators = search.Collaborators(
        toys.SPACE, toys.controller(), scorer, None, None, None, report, None, None
    )
    loop = LoopConfig(eval_batch_size=BATCH, search_eval_test=eval_test)
    own = search.Search(
        collaborators,
        loop,
        ControllerConfig(),
        task=SortedTask(),
        seed=seed,
        derive_rows=0,
        announce=lambda seconds: None,
    )
    for epoch in range(1, epochs + 1):
        own._evaluate(epoch)
    return scorer.seen, report.rows


@pytest.mark.parametrize("place", [0, 1])
def test_an_evaluation_mixes_the_classes_of_data_stored_class_by_class(place):
    """A child that normalises by its batch would be wrong on batches of one class."""
    seen, rows = evaluated(eval_test=True)
    split, batches = seen[place]
    assert split == ("valid", "test")[place]
    counts = np.bincount(batches.indices[batches.weights > 0], minlength=SIZE)
    np.testing.assert_array_equal(counts, np.ones(SIZE))
    # In stored order a batch of 50 holds one class or two; at random nearly all ten.
    kinds = [len(set(SortedTask.labels[row])) for row in batches.indices]
    assert min(kinds) >= 8
    kind, step, values = rows[place]
    assert (kind, step) == (split, 1) and values["accuracy"] > 0.9


def test_the_order_of_an_evaluation_is_fixed():
    """Else the curve would have a noise that the child has not."""
    (_, first), (_, second) = evaluated(eval_test=False)[0]
    np.testing.assert_array_equal(first.indices, second.indices)
    (_, other), _ = evaluated(eval_test=False, seed=1)[0]
    assert not np.array_equal(first.indices, other.indices)


def test_the_test_split_is_read_only_where_it_is_asked_for():
    splits = [split for split, _ in evaluated(eval_test=False)[0]]
    assert splits == ["valid", "valid"]
    splits = [split for split, _ in evaluated(eval_test=True)[0]]
    assert splits == ["valid", "test", "valid", "test"]
