"""Components of variance: worked examples, and means over many campaigns."""

import math

import numpy as np
import pytest

from enas_tf.campaign import components
from enas_tf.campaign.components import Spread

BALANCED = [[[1, 3], [5, 7]], [[11, 13], [15, 17]]]


def test_each_level_is_what_the_one_below_does_not_explain():
    # Mean squares 200 (searches), 16 (arcs) and 2 (retrainings), 4, 2 and 1 trainings.
    found = components.spread(BALANCED, searched=True)
    assert found == pytest.approx(Spread(math.sqrt(46), math.sqrt(7), math.sqrt(2)))


def test_one_training_of_each_arc_leaves_retrainings_within_arcs():
    # Searches of means 2 and 8; the arcs of each have a variance of 2.
    found = components.spread([[[1], [3]], [[7], [9]]], searched=True)
    assert found == pytest.approx((math.sqrt((36 - 2) / 2), math.sqrt(2), None))


def test_arcs_without_a_search_have_no_spread_of_searches():
    found = components.spread([[[1], [3], [5]]], searched=False)
    assert found == (None, 2.0, None)


def test_what_noise_explains_is_zero_and_never_below():
    found = components.spread([[[0, 4], [0, 4]], [[0, 4], [0, 4]]], searched=True)
    assert found == (0.0, 0.0, math.sqrt(8))


def test_one_training_alone_tells_no_spread():
    assert components.spread([[[1.0]]], searched=True) == (None, None, None)


def test_unequal_groups_are_right_on_average():
    rng = np.random.default_rng(0)
    sizes, found = [[1, 2, 3], [2], [1, 1], [3, 2, 1, 2]], []
    for _ in range(800):
        scores = [
            [rng.normal(search + rng.normal(0, 2), 1, n) for n in row]
            for row in sizes
            for search in [rng.normal(0, 3)]
        ]
        # Zero in the place of an estimate below it would be right on no average.
        found.append([part**2 for part in components.spread(scores, searched=True)])
    searches, arcs, retrains = np.mean(found, axis=0)
    assert searches == pytest.approx(9, abs=1.2)
    assert arcs == pytest.approx(4, abs=0.4)
    assert retrains == pytest.approx(1, abs=0.1)
