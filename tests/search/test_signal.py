"""Noise and signal of the means of an update's arcs."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.search import signal


def found(values, *, common):
    got = signal.variances(tf.constant(values, tf.float32), common=common)
    return float(got.total), float(got.noise)


def test_what_all_arcs_have_alike_is_no_noise_on_a_common_batch():
    # Means 1, 3: variance 2. Arcs and examples only add: nothing is left.
    values = [[0.0, 2.0], [2.0, 4.0]]
    assert found(values, common=True) == (2.0, 0.0)


def test_on_batches_of_their_own_examples_are_noise():
    # Each row has variance 2; of a mean of two that is 1.
    assert found([[0.0, 2.0], [2.0, 4.0]], common=False) == (2.0, 1.0)


def test_one_arc_or_one_example_says_nothing():
    assert found([[1.0, 0.0]], common=True) == (0.0, 0.0)
    assert found([[1.0], [3.0]], common=False) == (2.0, 0.0)


@pytest.mark.parametrize("common", [False, True])
def test_it_tells_the_noise_of_simulated_rewards(common):
    rng = np.random.default_rng(0)
    arcs, pairs, size, rounds = 0.3, 1.0, 20, 400
    noises, totals = [], []
    for _ in range(rounds):
        values = arcs * rng.normal(size=(6, 1)) + pairs * rng.normal(size=(6, size))
        values += rng.normal(size=(1, size) if common else (6, size))
        total, noise = found(values, common=common)
        noises.append(noise)
        totals.append(total)
    variance = 1.0 if common else 2.0
    assert np.mean(noises) == pytest.approx(variance / size, rel=0.05)
    assert np.mean(totals) == pytest.approx(arcs**2 + variance / size, rel=0.1)
