"""The interval of a difference covers the truth as often as it says."""

import numpy as np
import pytest
import scipy.stats

from enas_tf.search import interval

RNG = np.random.default_rng

# Of the simulated images: how their difficulty varies, and how much an arc differs
# from image to image beside its skill.
IMAGE_SD, PAIR_SD = 0.7, 0.7


def answers(skill, images, rng):
    """[N, n]: whether an arc of so much skill gets an image of such difficulty."""
    pairs = rng.normal(0.0, PAIR_SD, (len(skill), len(images)))
    return (skill[:, None] + images + pairs > 0).astype(float)


def share_right(skill, skill_sd=0.0):
    """What arcs of the mean skill `skill` get right of all images there are."""
    spread = np.sqrt(IMAGE_SD**2 + PAIR_SD**2 + skill_sd**2)
    return scipy.stats.norm.cdf(skill / spread)


def simulated(num_arcs, skill_sd, rng, *, samples, num_images):
    """A policy of `num_arcs` arcs (0: all there are), chance, the true difference."""
    images = rng.normal(0.0, IMAGE_SD, num_images)
    skill = rng.normal(0.4, skill_sd, num_arcs or samples)
    drawn = rng.integers(0, num_arcs, samples) if num_arcs else np.arange(samples)
    ours = answers(skill, images, rng)[drawn]
    theirs = answers(rng.normal(0.0, skill_sd, samples), images, rng)
    mean = share_right(skill).mean() if num_arcs else share_right(0.4, skill_sd)
    return ours, theirs, mean - share_right(0.0, skill_sd)


@pytest.mark.parametrize(
    ("num_arcs", "skill_sd"), [(1, 0.1), (5, 0.1), (20, 0.1), (0, 0.1), (0, 0.5)]
)
def test_it_covers_the_truth_in_90_to_97_of_100_cases(num_arcs, skill_sd, monkeypatch):
    monkeypatch.setattr(interval, "REPLICATES", 200)  # for speed
    rng, trials, covered = RNG(5), 800, 0
    for _ in range(trials):
        ours, theirs, truth = simulated(
            num_arcs, skill_sd, rng, samples=40, num_images=128
        )
        low, high = interval.of_difference(ours, theirs, rng)
        covered += low <= truth <= high
    assert 0.90 <= covered / trials <= 0.97


def test_over_arcs_alone_a_narrow_policy_is_not_covered():
    """Why the images are resampled as well: Welch's interval, on the same cases."""
    rng, trials, covered = RNG(0), 200, 0
    for _ in range(trials):
        ours, theirs, truth = simulated(1, 0.1, rng, samples=40, num_images=128)
        means = ours.mean(axis=1), theirs.mean(axis=1)
        covered += bool(
            abs(means[0].mean() - means[1].mean() - truth)
            <= scipy.stats.t.ppf(0.975, 39) * means[1].std(ddof=1) / np.sqrt(40)
        )
    assert covered / trials < 0.6


def test_what_nothing_varies_in_has_no_width():
    low, high = interval.of_difference(np.full((3, 5), 0.5), np.zeros((4, 5)), RNG(0))
    assert (low, high) == (0.5, 0.5)


def test_it_is_a_function_of_its_generator():
    values = RNG(1).random((5, 9)), RNG(2).random((4, 9))
    first, again = (interval.of_difference(*values, RNG(3)) for _ in range(2))
    assert first == again


def test_the_spread_of_arcs_alone_is_that_of_their_means():
    """Every image alike: what is left is the variance of two means of arcs."""
    ours = np.tile(np.linspace(0.4, 0.6, 50)[:, None], (1, 30))
    theirs = np.tile(np.linspace(0.2, 0.5, 50)[:, None], (1, 30))
    low, high = interval.of_difference(ours, theirs, RNG(0))
    variance = (ours[:, 0].var() + theirs[:, 0].var()) / 50
    reach = scipy.stats.t.ppf(0.975, 29) * np.sqrt(variance)
    np.testing.assert_allclose([low, high], [0.15 - reach, 0.15 + reach], rtol=0.05)
