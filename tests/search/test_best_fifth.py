"""The chance that the chosen arc is truly one of the best fifth."""

import numpy as np
import pytest

from enas_tf.search import best_fifth

RNG = np.random.default_rng


def scores(truth, examples, rng, *, kinship=0.0):
    """[N, n]: hard and easy examples, noise, and noise that kindred arcs share."""
    count = len(truth)
    hardness = 2.0 * rng.standard_normal(examples)
    kin = rng.standard_normal((count, 3)) @ rng.standard_normal((3, examples))
    own = rng.standard_normal((count, examples))
    return truth[:, np.newaxis] + hardness + kinship * kin + own


@pytest.mark.parametrize(
    ("arcs", "examples", "spread", "kinship"),
    [(40, 100, 0.1, 0.0), (40, 100, 0.1, 0.6), (30, 24, 0.2, 0.0)],
)
def test_it_comes_true_about_as_often_as_it_says(arcs, examples, spread, kinship):
    rng, said, true = RNG(0), [], []
    for _ in range(50):
        truth = spread * rng.standard_normal(arcs)
        worth = scores(truth, examples, rng, kinship=kinship)
        said.append(best_fifth.chance(worth, rng))
        chosen = worth.mean(axis=1).argmax()
        true.append((truth > truth[chosen]).sum() < 0.2 * arcs)
    error = np.sqrt(np.mean(true) * (1 - np.mean(true)) / len(true))
    assert 0.3 < np.mean(said) < 0.95
    assert abs(np.mean(said) - np.mean(true)) < 0.05 + 2 * error


def test_where_all_arcs_are_alike_it_promises_little():
    # By the scores as they are, the chosen one would be on top in nine of ten.
    said = [
        best_fifth.chance(scores(np.zeros(40), 100, RNG(seed)), RNG(0))
        for seed in range(20)
    ]
    assert np.mean(said) < 0.55


def test_an_arc_far_above_the_others_is_certain():
    truth = np.array([5.0, *np.linspace(0.0, 0.1, 19)])
    assert best_fifth.chance(scores(truth, 50, RNG(0)), RNG(0)) == 1.0


def test_examples_that_are_hard_for_all_arcs_make_no_choice_unsure():
    own = RNG(0).standard_normal((10, 50)) + np.linspace(0.0, 1.0, 10)[:, np.newaxis]
    hard = own - 100.0 * (np.arange(50) % 2)
    chances = [best_fifth.chance(worth, RNG(1)) for worth in (own, hard)]
    assert chances[0] == pytest.approx(chances[1], abs=0.02)


@pytest.mark.parametrize(
    ("arcs", "chance"), [(1, 1.0), (5, 0.2), (10, 0.2), (12, 0.25)]
)
def test_arcs_of_equal_scores_are_chosen_blindly(arcs, chance):
    assert best_fifth.chance(np.ones((arcs, 4)), RNG(0)) == chance
    # One example tells nothing of its own noise.
    assert best_fifth.chance(np.arange(arcs)[:, np.newaxis], RNG(0)) == chance
