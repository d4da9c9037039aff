"""Windows, lessons and the loss of the language task."""

import numpy as np
import pytest
import tensorflow as tf
import toys

from enas_tf.children.output import ChildOutput
from enas_tf.run import measures
from enas_tf.search import rewards
from enas_tf.search.reward_inputs import RewardInputs
from enas_tf.tasks import language_model, lessons

IDS = np.arange(100, 133, dtype=np.int32)  # 33 ids: every word is its place plus 100


def task(steps=4):
    return language_model.LanguageModel(dict(train=IDS, valid=IDS), bptt_steps=steps)


def passages(num_epochs=3, seed=0):
    rows = IDS[:32].reshape(2, 16)
    return language_model.Passages(rows, bptt_steps=4, num_epochs=num_epochs, seed=seed)


def lesson(step, **kind):
    return passages(**kind).lesson(toys.int64(step), ())


def test_windows_do_not_overlap_and_targets_follow_their_inputs():
    assert task().size("valid") == 8
    batch = task().batch("valid", tf.constant([0, 7]))
    np.testing.assert_array_equal(batch.inputs, IDS[[[0, 1, 2, 3], [28, 29, 30, 31]]])
    np.testing.assert_array_equal(batch.targets, batch.inputs + 1)


def test_a_text_shorter_than_a_window_is_one_window():
    short = language_model.LanguageModel(dict(test=IDS[:3]), bptt_steps=4)
    assert short.size("test") == 1
    batch = short.batch("test", tf.constant([0]))
    np.testing.assert_array_equal(batch.inputs, IDS[None, :2])
    np.testing.assert_array_equal(batch.targets, IDS[None, 1:3])


def test_the_loss_is_the_mean_of_a_word_and_the_penalty():
    batch = language_model.Batch(tf.zeros([1, 2], tf.int32), tf.constant([[0, 1]]))
    logits = tf.math.log(tf.constant([[[0.5, 0.5], [0.75, 0.25]]]))
    output = ChildOutput(logits, penalty=tf.constant(10.0))
    mean = (np.log(2) + np.log(4)) / 2
    np.testing.assert_allclose(task().loss(output, batch), 10 + mean, rtol=1e-6)
    np.testing.assert_allclose(task().measured(output, batch), [mean], rtol=1e-6)


def test_an_epoch_reads_every_row_from_left_to_right():
    ours = passages()
    first, end = ours.steps_before(1), ours.steps_before(2)
    read = [ours.lesson(toys.int64(step), ()).batch for step in range(first, end)]
    inputs = np.concatenate([batch.inputs for batch in read], axis=1)
    rows = IDS[:32].reshape(2, 16)
    np.testing.assert_array_equal(inputs, rows[:, : inputs.shape[1]])
    assert inputs.shape[1] >= 15 - 2
    for batch in read:
        np.testing.assert_array_equal(batch.targets, batch.inputs + 1)


def test_a_state_ends_where_an_epoch_begins_and_nowhere_else():
    ours = passages()
    begins = [
        bool(ours.lesson(toys.int64(s), ()).begins) for s in range(ours.steps_before(3))
    ]
    assert [step for step, new in enumerate(begins) if new] == [
        ours.steps_before(epoch) for epoch in range(3)
    ]


def test_the_learning_rate_is_in_proportion_to_the_words_read():
    ours = passages()
    for step in range(ours.steps_before(3)):
        found = ours.lesson(toys.int64(step), ())
        assert float(found.lr_scale) == found.batch.inputs.shape[1] / 4


def test_lessons_are_a_function_of_seed_and_step_alone():
    np.testing.assert_array_equal(
        lesson(1, num_epochs=2).batch.inputs, lesson(1, num_epochs=9).batch.inputs
    )
    lengths = [
        [lesson(step, seed=seed).batch.inputs.shape[1] for step in range(3)]
        for seed in range(6)
    ]
    assert len({tuple(row) for row in lengths}) > 1


def test_images_scale_no_learning_rate_and_end_no_state():
    assert lessons.Lesson(None).lr_scale == 1.0
    assert not lessons.Lesson(None).begins


def test_the_reward_is_80_over_the_perplexity():
    means = {"log_likelihood": -tf.math.log(tf.constant(160.0))}
    value = rewards.inverse_perplexity(RewardInputs(means, arc=None, costs={}))
    np.testing.assert_allclose(value, 0.5, rtol=1e-6)


@pytest.mark.parametrize("nats", [float("inf"), float("nan"), 200.0])
def test_an_arc_that_overflows_earns_nothing(nats):
    means = {"log_likelihood": -tf.constant([nats, 1.0])}
    value = rewards.inverse_perplexity(RewardInputs(means, arc=None, costs={}))
    np.testing.assert_allclose(value, [0.0, 80 / np.e], rtol=1e-6)


def test_perplexity_tells_a_mean_and_the_ratio_of_two():
    assert measures.PERPLEXITY.display(np.log(120.0)) == np.exp(np.log(120.0))
    np.testing.assert_allclose(measures.PERPLEXITY.display(np.log(3) - np.log(2)), 1.5)
