"""Regularised evolution: who is born, who dies, and what may change."""

import itertools

import numpy as np

from enas_tf.search import evolution


def test_the_best_of_a_sample_has_a_child_and_the_oldest_dies():
    first = np.array([[0, 0], [1, 0], [2, 0]], np.int32)
    alive = evolution.populations(
        first, lambda arcs: arcs.sum(axis=1), np.array([3, 1]), np.random.default_rng(0)
    )
    begun = list(next(alive))
    assert [one.paid for one in begun] == [0, 1, 2]
    later = list(next(alive))
    np.testing.assert_array_equal(later[0].tokens, [1, 0])
    # All are in the sample; the child of [2, 0] differs in the one free token.
    assert later[2].tokens[0] in (0, 1) and later[2].tokens[1] == 0


def test_it_climbs():
    first = np.zeros((10, 8), np.int32)
    alive = evolution.populations(
        first, lambda arcs: arcs.sum(axis=1), np.full(8, 3), np.random.default_rng(1)
    )
    last = next(itertools.islice(alive, 300, None))
    assert min(one.paid for one in last) > 12  # of at most 16
