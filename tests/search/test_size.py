"""Arcs by size: the largest, and random ones of the sizes of others."""

import numpy as np
import pytest

from enas_tf.search import size
from enas_tf.spaces import macro
from enas_tf.spaces.costs import Costs

SPACE = macro.MacroSpace(2, num_ops=6)
RNG = np.random.default_rng


def costs_of(tokens):
    """Ten parameters, twice as many for each number of the first op; as many FLOPs."""
    parameters = 10 * 2 ** tokens[:, 0].astype(np.int64)
    return Costs(parameters, parameters)


def test_a_geometric_mean_is_of_factors():
    assert size.geometric_mean(np.array([10, 1000])) == 100


@pytest.mark.parametrize(
    ("arcs", "count"), [(3, 3), (5, 5), (40, 5), (60, 6), (100, 10)]
)
def test_the_largest_are_a_tenth_and_at_least_five(arcs, count):
    flops = np.arange(arcs)[::-1]
    assert list(size.largest(Costs(flops, flops))) == list(range(count))


def test_arcs_are_alike_where_parameters_and_flops_are():
    one, other = np.array([7, 7]), np.array([7, 8])
    assert size.are_alike(Costs(one, one), Costs(one, one))
    assert not size.are_alike(Costs(one, one), Costs(one, other))


def test_each_arc_gets_a_random_one_of_its_own_size():
    wanted = np.array([10, 10, 320, 42])  # 42 is within a tenth of 40
    found = size.match(SPACE, costs_of, wanted, RNG(0))
    assert list(found.places) == [0, 1, 2, 3]
    assert list(found.tokens[:, 0]) == [0, 0, 5, 2]
    assert list(found.costs.parameters) == [10, 10, 320, 40]


def test_two_arcs_of_one_size_get_two_draws():
    wanted = np.full(30, 10)
    drawn = size.match(SPACE, costs_of, wanted, RNG(0)).tokens
    # The first 30 of the draws that fit, each once.
    draws = SPACE.random(RNG(0), size.DRAWS_AT_ONCE)
    np.testing.assert_array_equal(drawn, draws[draws[:, 0] == 0][:30])


def test_an_arc_of_a_size_that_is_never_drawn_has_none():
    found = size.match(SPACE, costs_of, np.array([29, 80]), RNG(0))
    assert list(found.places) == [1] and list(found.tokens[:, 0]) == [3]
    none = size.match(SPACE, costs_of, np.array([29]), RNG(0))
    assert none.tokens.shape == (0, SPACE.num_tokens) and not len(none.places)
