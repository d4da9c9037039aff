"""The baselines of REINFORCE, by worked numbers."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.search import reinforce

REWARDS = tf.constant([1.0, 2.0, 6.0])


@pytest.mark.parametrize(
    "kind, values, baseline",
    [
        # From the first reward on, half way to each: 1, 1.5, 3.75.
        ("moving", [0.0, 1.0, 4.5], 3.75),
        ("aggregate", [-2.0, -1.0, 3.0], 3.0),
        # Less the mean of the others: 4, 3.5, 1.5.
        ("leave_one_out", [-3.0, -1.5, 4.5], 3.0),
    ],
)
def test_advantages_over_each_baseline(kind, values, baseline):
    found = reinforce.advantages(
        REWARDS, tf.constant(float("nan")), kind=kind, decay=0.5
    )
    np.testing.assert_allclose(found.values, values, rtol=1e-6)
    np.testing.assert_allclose(found.baseline, baseline, rtol=1e-6)


@pytest.mark.parametrize("kind", ["aggregate", "leave_one_out"])
def test_what_all_arcs_have_in_common_is_taken_out(kind):
    def values(rewards):
        return reinforce.advantages(
            rewards, tf.constant(0.0), kind=kind, decay=0.5
        ).values

    np.testing.assert_allclose(values(REWARDS + 100.0), values(REWARDS), atol=1e-4)
