"""Intervals over few units: what they cover, and when they say "better"."""

import numpy as np
import pytest
import scipy.stats

from enas_tf.campaign import interval, power

# Of 1,000 a share has an error of 0.8 points, and the bounds are hardly wider.
CAMPAIGNS = 50_000
SEARCHES, ARCS = 3, 4
# Variances between searches, arcs and retrainings.
# Of these the last but one is where three searches cover least, the last where two do.
RATIOS = [(0, 1, 0), (0, 1, 1), (0.25, 1, 0.5), (1, 1, 1), (1.5, 1, 0), (4, 1, 1)]
RATIOS += [(9, 1, 0), (25, 1, 0)]


def campaigns(ratio, rng, count=CAMPAIGNS):
    """Equal methods: [count, 3] means of searches, [count, 12] random arcs."""
    searches, within = np.sqrt(ratio[0]), np.sqrt(ratio[1] + ratio[2])
    found = rng.normal(0, searches, (count, SEARCHES, 1))
    found = found + rng.normal(0, within, (count, SEARCHES, ARCS))
    return found.mean(axis=2), rng.normal(0, within, (count, SEARCHES * ARCS))


@pytest.mark.parametrize("ratio", RATIOS)
def test_equal_methods_are_rarely_told_apart(ratio):
    ours, theirs = campaigns(ratio, np.random.default_rng(19))
    found = interval.unpaired(ours, theirs)
    assert 0.93 <= np.mean((found.low <= 0) & (found.high >= 0)) <= 0.97
    assert np.mean(found.low > 0) <= 0.05
    assert np.mean(found.high < 0) <= 0.05


@pytest.mark.parametrize("ratio", RATIOS)
def test_equal_methods_are_rarely_told_apart_search_by_search(ratio):
    rng = np.random.default_rng(20)
    _, theirs = campaigns((0, *ratio[1:]), rng)
    ours, _ = campaigns(ratio, rng)
    beside = theirs.reshape(CAMPAIGNS, SEARCHES, ARCS).mean(axis=2)
    found = interval.paired(ours - beside)
    assert 0.93 <= np.mean((found.low <= 0) & (found.high >= 0)) <= 0.97
    assert np.mean(found.low > 0) <= 0.05


@pytest.mark.parametrize("ratio", RATIOS)
def test_two_searches_cover_little_less_than_they_promise(ratio):
    ours, theirs = campaigns(ratio, np.random.default_rng(21))
    found = interval.unpaired(ours[:, :2], theirs[:, :8])
    assert np.mean((found.low <= 0) & (found.high >= 0)) >= 0.93
    assert np.mean(found.low > 0) <= 0.05


def test_the_percentile_bootstrap_would_be_too_narrow():
    rng = np.random.default_rng(22)
    ours, theirs = campaigns((1, 1, 1), rng, 300)
    drawn = [
        np.take_along_axis(
            part[:, np.newaxis], rng.integers(0, part.shape[1], (300, 200, n)), axis=2
        ).mean(axis=2)
        for part, n in ((ours, 3), (theirs, 12))
    ]
    low, high = np.percentile(drawn[0] - drawn[1], [2.5, 97.5], axis=1)
    assert np.mean((low <= 0) & (high >= 0)) < 0.9


def test_paired_is_students_interval():
    ours = np.array([0.5, 0.7, 0.9])
    found = interval.paired(ours)
    expected = scipy.stats.ttest_1samp(ours, 0).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.difference == pytest.approx(0.7)


def test_unpaired_is_welchs_with_fewer_degrees_of_freedom():
    ours, theirs = np.array([1.0, 2.0, 3.0]), np.array([0.0, 0.0, 2.0, 2.0])
    # Squared errors 1/3 and 1/3: (2/3)^2 / (1/18 + 1/27) = 4.8; the smaller side has 2.
    assert interval.freedom(1 / 3, 1 / 3, 3, 4) == pytest.approx((4.8 + 2) / 2)
    reach = scipy.stats.t.ppf(0.975, 3.4) * np.sqrt(2 / 3)
    found = interval.unpaired(ours, theirs)
    assert (found.low, found.high) == pytest.approx((1 - reach, 1 + reach))


def test_two_units_have_at_most_two_degrees_of_freedom():
    # Welch's are 2 of 2 against 2, and 1 where one side does not vary.
    assert interval.freedom(1.0, 1.0, 2, 2) == pytest.approx(4 / 3)
    assert interval.freedom(1.0, 0.0, 2, 2) == pytest.approx(1)
    assert 1.8 < interval.freedom(0.1, 1.0, 2, 100) < 2


@pytest.mark.parametrize(("n", "m"), [(2, 2), (2, 8), (3, 3), (3, 12)])
def test_units_that_differ_little_have_intervals_that_differ_little(n, m):
    errors = np.linspace(0.02, 2.0, 200)
    reach = scipy.stats.t.ppf(0.975, interval.freedom(errors, 1.0, n, m))
    steps = reach[1:] / reach[:-1]
    assert 0.94 < steps.min() and steps.max() < 1.06
    assert reach.max() > 1.2 * reach.min()


@pytest.mark.parametrize("ours", [[0.5], [0.5, 0.5]])
def test_units_that_tell_nothing_of_their_spread_have_no_bounds(ours):
    found = interval.unpaired(np.array(ours), np.array([0.1] * len(ours)))
    assert found.difference == pytest.approx(0.4)
    assert np.isnan(found.low) and np.isnan(found.high)
    assert np.isnan(interval.paired(np.array(ours)).low)


def test_so_many_searches_would_show_the_difference_in_four_of_five_campaigns():
    # Of a deviation of 1: 34 units show half of it (Cohen 1988, table 2.4.1).
    differences = np.array([0.5 - np.sqrt(0.5), 0.5 + np.sqrt(0.5)])
    assert power.paired(0.5, differences) == 34


def test_units_of_both_grow_in_their_proportion():
    rng = np.random.default_rng(23)
    ours, theirs = campaigns((1, 1, 1), rng, 1)
    needed = power.unpaired(1.0, ours[0], theirs[0])
    assert needed is not None and needed[1] == 4 * needed[0]
    n, m = needed
    scale = [np.std(part[0], ddof=1) for part in (ours, theirs)]
    many = 4000
    found = interval.unpaired(
        rng.normal(1, scale[0], (many, n)), rng.normal(0, scale[1], (many, m))
    )
    assert np.mean(found.low > 0) == pytest.approx(0.8, abs=0.05)


def test_no_difference_is_never_seen():
    assert power.paired(0.0, np.array([0.0, 1.0])) is None
    assert power.unpaired(0.0, np.array([0.0, 1.0]), np.array([0.0, 1.0])) is None
