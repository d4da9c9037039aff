"""Baseline, advantage and loss in worked numbers."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.search import reinforce

NOT_YET = tf.constant(float("nan"))


def advantages(rewards, baseline, *, decay=0.75):
    return reinforce.over_moving(
        tf.constant(rewards), tf.convert_to_tensor(baseline), decay=decay
    )


def test_each_reward_is_held_against_the_baseline_before_it():
    ours = advantages([1.0, 2.0, 0.0], 0.0)
    # b: 0 -> 0.25 -> 0.25 + 0.25 * 1.75 = 0.6875 -> 0.6875 - 0.25 * 0.6875
    np.testing.assert_allclose(ours.values, [1.0, 1.75, -0.6875])
    np.testing.assert_allclose(ours.baseline, 0.515625)


def test_one_by_one_gives_what_one_aggregate_gives():
    rewards, baseline, found = [0.5, 0.25, 0.75, 1.0], NOT_YET, []
    for reward in rewards:
        one = advantages([reward], baseline)
        baseline = one.baseline
        found.append(float(one.values[0]))
    together = advantages(rewards, NOT_YET)
    np.testing.assert_allclose(together.values, found, rtol=1e-6)
    np.testing.assert_allclose(together.baseline, baseline, rtol=1e-6)


def test_the_first_reward_starts_the_baseline():
    ours = advantages([0.5], NOT_YET)
    assert (float(ours.values[0]), float(ours.baseline)) == (0.0, 0.5)
    ours = advantages([0.5, 1.0], NOT_YET)
    np.testing.assert_allclose(ours.values, [0.0, 0.5])
    np.testing.assert_allclose(ours.baseline, 0.625)


@pytest.mark.parametrize("count", [1, 10, 200])
def test_a_constant_reward_is_approached_by_the_decay(count):
    ours = advantages([0.8] * count, 0.0, decay=0.99)
    np.testing.assert_allclose(ours.baseline, 0.8 * (1 - 0.99**count), rtol=1e-4)
    np.testing.assert_allclose(ours.values[0], 0.8)


def test_no_decay_follows_the_last_reward_and_full_decay_never_moves():
    np.testing.assert_allclose(advantages([1.0, 3.0], 0.5, decay=0.0).baseline, 3.0)
    np.testing.assert_allclose(advantages([1.0, 3.0], 0.5, decay=1.0).baseline, 0.5)


def normalized(values, *, baseline=0.9):
    return reinforce.normalize(tf.constant(values), baseline=tf.constant(baseline))


def test_normalisation_divides_by_the_deviation_and_keeps_the_sign():
    ours = normalized([1.0, 3.0])  # deviation 1
    np.testing.assert_allclose(ours, [1.0, 3.0], rtol=2e-4)
    ours = normalized([-0.02, 0.02])
    np.testing.assert_allclose(ours, [-1.0, 1.0], rtol=1e-2)


def test_normalisation_of_equal_advantages_stays_finite():
    np.testing.assert_array_equal(normalized([0.0] * 4), np.zeros(4))


def test_what_hardly_differs_is_not_blown_up():
    """Ten arcs, all a tenth above a baseline of .9: no reason to move by a thousand."""
    np.testing.assert_allclose(normalized([0.1] * 10), [0.1 / 0.009] * 10, rtol=1e-5)
    # Deviation .001 is below a hundredth of the baseline, 0.009, which is divided by.
    np.testing.assert_allclose(normalized([0.001, -0.001]), [1 / 9, -1 / 9], rtol=1e-5)


def test_the_floor_follows_the_size_of_the_rewards():
    ours = normalized([0.1, -0.1], baseline=-80.0)  # deviation .1, floor .8
    np.testing.assert_allclose(ours, [0.125, -0.125], rtol=1e-5)


def test_the_loss_in_numbers():
    loss = reinforce.loss(
        tf.constant([-1.0, -2.0]),
        tf.constant([0.5, -1.0]),
        tf.constant([0.1, 0.3]),
        skip_weight=2.0,
    )
    # ((1 * 0.5 + 0.2) + (2 * -1 + 0.6)) / 2
    np.testing.assert_allclose(loss, -0.35, rtol=1e-6)


def test_the_gradient_flows_through_log_probability_and_penalty_alone():
    log_prob, advantage, penalty = (
        tf.Variable(v) for v in ([-1.0, -2.0], [0.5, -1.0], [0.1, 0.3])
    )
    with tf.GradientTape() as tape:
        loss = reinforce.loss(
            tf.identity(log_prob),
            tf.identity(advantage),
            tf.identity(penalty),
            skip_weight=2.0,
        )
    found = tape.gradient(loss, [log_prob, advantage, penalty])
    np.testing.assert_allclose(found[0], [-0.25, 0.5])
    assert found[1] is None
    np.testing.assert_allclose(found[2], [1.0, 1.0])


def test_a_step_down_the_loss_makes_a_good_arc_likelier():
    logits = tf.Variable([0.0, 0.0])
    with tf.GradientTape() as tape:
        log_prob = tf.nn.log_softmax(logits)[:1]
        loss = reinforce.loss(
            log_prob, tf.constant([1.0]), tf.zeros([1]), skip_weight=0.0
        )
    gradient = tape.gradient(loss, logits)
    assert gradient[0] < 0 < gradient[1]


def test_other_ranks_are_refused():
    with pytest.raises(ValueError, match="rank"):
        reinforce.over_moving(tf.zeros([2, 2]), tf.constant(0.0), decay=0.9)
    with pytest.raises(ValueError, match="rank"):
        reinforce.loss(tf.zeros([]), tf.zeros([1]), tf.zeros([1]), skip_weight=0.0)
