"""Random lengths of training pieces."""

import numpy as np
import pytest

from enas_tf.data.text import bptt


def drawn(columns, steps=35, seed=0):
    return bptt.lengths(columns, steps, np.random.default_rng(seed))


@pytest.mark.parametrize("columns", [2, 3, 5, 36, 37, 200, 7262])
@pytest.mark.parametrize("seed", range(5))
def test_a_pass_reads_all_but_the_last_columns_and_needs_no_more(columns, seed):
    found = drawn(columns, seed=seed)
    assert found.min() >= 1
    assert columns - 1 - bptt.LEFT_OVER <= found.sum() <= columns - 1


def test_lengths_are_about_as_published():
    found = drawn(10**6)[:-1]
    assert found.max() == 35 + 2 * 5 - 1  # two deviations, cut to a whole number
    assert found.min() == 17.5 - 2 * 5 - 0.5
    assert found.mean() == pytest.approx(0.95 * 35 + 0.05 * 17.5 - 0.5, abs=0.1)
    short = (found < 25).mean()
    assert short == pytest.approx(bptt.SHORT, abs=0.005)


def test_the_same_seed_draws_the_same_and_another_one_does_not():
    np.testing.assert_array_equal(drawn(999), drawn(999))
    assert not np.array_equal(drawn(999)[:5], drawn(999, seed=1)[:5])


def test_pieces_of_one_word_are_possible():
    np.testing.assert_array_equal(drawn(6, steps=1)[:3], [1, 1, 1])
