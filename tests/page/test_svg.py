"""Charts: where values lie, which numbers stand beside them."""

import pytest

from enas_tf.page import scatter, svg


def test_an_axis_has_room_and_round_ticks():
    axis = svg.across([0, 100])
    assert (axis.low, axis.high) == (-5, 105)
    assert axis.at(50) == pytest.approx((axis.begin + axis.end) / 2)
    assert axis.ticks() == [0, 25, 50, 75, 100]


def test_upwards_a_larger_value_is_higher_on_the_sheet():
    axis = svg.upwards([1, 2])
    assert axis.at(2) < axis.at(1)


def test_equal_ratios_are_equal_ways_on_a_logarithmic_axis():
    axis = svg.across([100, 10_000], is_log=True)
    assert axis.at(1000) - axis.at(100) == pytest.approx(
        axis.at(10_000) - axis.at(1000)
    )
    assert axis.ticks() == [100, 200, 500, 1000, 2000, 5000, 10_000]


def test_a_logarithmic_axis_of_a_small_ratio_has_several_ticks_as_well():
    axis = svg.across([120_000, 300_000], is_log=True)
    assert axis.ticks() == [150_000, 200_000, 250_000, 300_000]


@pytest.mark.parametrize("values", [[3.0], [0.0, 0.0], [5, 5, float("nan")]])
def test_one_value_alone_has_an_axis(values):
    axis = svg.upwards(values)
    assert axis.low < values[0] < axis.high


@pytest.mark.parametrize(
    ("value", "shown"), [(0.25, "0.25"), (40.0, "40"), (12_000, "12k"), (3.5e6, "3.5M")]
)
def test_ticks_are_short(value, shown):
    assert svg.short(value) == shown


def test_the_front_has_the_arcs_that_none_beats():
    points = [(10, 0.5), (20, 0.7), (20, 0.9), (30, 0.8), (40, 0.95)]
    assert scatter.front(points, 1) == [(10, 0.5), (20, 0.9), (40, 0.95)]
    assert scatter.front(points, -1) == [(10, 0.5)]
