"""Ranks of scores: equal to SciPy's, in samples with repeated arcs as well."""

import numpy as np
import pytest
import scipy.stats

from enas_tf.campaign import correlate


def sampled(values, counts):
    return np.repeat(values, counts)


def test_in_every_sample_they_are_what_scipy_finds():
    rng = np.random.default_rng(0)
    # Whole numbers, so that some are tied.
    scores, truth = rng.integers(0, 6, (2, 12)).astype(float)
    counts = rng.multinomial(12, np.full(12, 1 / 12), 20)
    taus = correlate.taus(scores, truth, counts)
    rhos = correlate.rhos(scores, truth, counts)
    for tau, rho, count in zip(taus, rhos, counts, strict=True):
        pair = sampled(scores, count), sampled(truth, count)
        assert tau == pytest.approx(scipy.stats.kendalltau(*pair).statistic)
        assert rho == pytest.approx(scipy.stats.spearmanr(*pair).statistic)


def test_the_first_sample_is_the_arcs_themselves():
    counts = correlate.samples(5, np.random.default_rng(0))
    assert counts.shape == (1 + correlate.REPLICATES, 5)
    assert counts[0].tolist() == [1, 1, 1, 1, 1]
    assert (counts.sum(axis=1) == 5).all()


def test_a_score_is_held_against_one_seed_at_a_time():
    accuracies = np.array([[1.0, 2, 3, 4], [4.0, 3, 2, 1]])
    counts = correlate.samples(4, np.random.default_rng(0))
    found = correlate.agreement(np.arange(4.0), accuracies, counts)
    assert found.tau.value == 0.0  # +1 and -1, though their mean is without an order
    assert correlate.ceiling(accuracies, counts).tau.value == -1.0


def test_the_best_are_chosen_by_the_other_seed():
    accuracies = np.array(
        [[9.0, 8, 1, 1, 1, 1, 1, 1, 1, 1], [1.0, 1, 1, 1, 1, 1, 1, 1, 8, 9]]
    )
    assert np.flatnonzero(correlate.best_fifth(accuracies, 0)).tolist() == [8, 9]
    assert np.flatnonzero(correlate.best_fifth(accuracies, 1)).tolist() == [0, 1]
    assert np.flatnonzero(correlate.best_fifth(accuracies[:1], 0)).tolist() == [0, 1]


def test_noise_alone_ranks_the_best_fifth_neither_well_nor_backwards():
    rng = np.random.default_rng(1)
    found, by_both = [], []
    for _ in range(60):
        accuracies, once = rng.normal(size=(2, 50)), np.ones((1, 50))
        found.append(correlate.ceiling(accuracies, once, best=True).tau.value)
        chosen = np.argsort(-accuracies.mean(axis=0))[:10]
        by_both.append(scipy.stats.kendalltau(*accuracies[:, chosen]).statistic)
    assert abs(np.mean(found)) < 0.08
    assert np.mean(by_both) < -0.3


def test_how_far_a_score_is_above_another_is_on_the_same_arcs():
    rng = np.random.default_rng(2)
    truth = rng.normal(size=(1, 30))
    counts = correlate.samples(30, rng)
    good = truth[0] + rng.normal(size=30)
    alike = good + 0.01 * rng.normal(size=30)
    found = correlate.agreement(good, truth, counts, above=alike)
    assert found.above is not None
    assert found.above.value == pytest.approx(0.0, abs=0.05)
    width = found.above.high - found.above.low
    assert width < 0.3 * (found.tau.high - found.tau.low)


def test_the_interval_of_tau_covers_the_truth_in_most_samples_of_twenty_arcs():
    rng = np.random.default_rng(3)
    truth = 2 / np.pi * np.arcsin(0.6)  # tau of normal pairs that correlate by 0.6
    counts, inside = correlate.samples(20, rng), []
    for _ in range(200):
        one = rng.normal(size=20)
        other = 0.6 * one + 0.8 * rng.normal(size=20)
        tau = correlate.agreement(one, other[np.newaxis], counts).tau
        inside.append(tau.low <= truth <= tau.high)
    assert 0.88 <= np.mean(inside) <= 0.99


def test_a_score_that_does_not_differ_ranks_nothing():
    counts = correlate.samples(6, np.random.default_rng(0))
    found = correlate.agreement(np.ones(6), np.arange(6.0)[np.newaxis], counts)
    assert np.isnan(found.tau.value) and np.isnan(found.rho.low)


def test_of_fewer_than_eight_arcs_there_is_a_value_and_no_interval():
    truth = np.arange(8.0)[np.newaxis]
    counts = correlate.samples(8, np.random.default_rng(0))
    assert correlate.agreement(truth[0], truth, counts).tau == (1, 1, 1)
    few = correlate.samples(7, np.random.default_rng(0))
    found = correlate.agreement(truth[0, :7], truth[:, :7], few, above=-truth[0, :7])
    assert (found.tau.value, found.above.value) == (1, 2)
    assert np.isnan([found.tau.low, found.rho.high, found.above.low]).all()
