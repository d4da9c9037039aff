"""Image classification: batches, loss and what is right."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.children.output import ChildOutput
from enas_tf.config import rewards as reward_rows
from enas_tf.data.images.image_data import Split
from enas_tf.run import measures
from enas_tf.search import rewards
from enas_tf.search.reward_inputs import RewardInputs
from enas_tf.tasks.classification import Augmentation, Batch, ImageClassification

AS_THEY_ARE = Augmentation(pad=0, flip=False, cutout=0)


def build(*, augmentation=AS_THEY_ARE, size=4):
    count = 6
    images = np.arange(count * size * size * 2, dtype=np.uint8)
    images = images.reshape(count, size, size, 2)
    labels = np.array([5, 4, 3, 2, 1, 0], np.int32)
    splits = dict(train=Split(images, labels), valid=Split(images[:2], labels[:2]))
    mean, std = np.array([10.0, 20.0]), np.array([2.0, 4.0])
    task = ImageClassification(splits, mean=mean, std=std, augmentation=augmentation)
    return task, images


def batch_of(labels):
    return Batch(tf.zeros([len(labels), 1, 1, 1]), tf.constant(labels, tf.int32))


def test_a_split_has_its_size():
    task, _ = build()
    assert (task.size("train"), task.size("valid")) == (6, 2)


def test_a_batch_holds_the_standardised_images_asked_for_and_their_labels():
    task, images = build()
    batch = task.batch("train", tf.constant([4, 0, 4]))
    wanted = (images[[4, 0, 4]].astype(np.float32) - [10.0, 20.0]) / [2.0, 4.0]
    np.testing.assert_allclose(batch.inputs, wanted)
    np.testing.assert_array_equal(batch.labels, [1, 5, 1])
    assert batch.inputs.dtype == tf.float32 and batch.labels.dtype == tf.int32


def test_only_a_seed_makes_a_batch_vary_and_the_same_seed_the_same_way():
    task, _ = build(augmentation=Augmentation(pad=2, flip=True, cutout=2))
    indices = tf.range(6)
    plain, again = (task.batch("train", indices).inputs for _ in range(2))
    np.testing.assert_array_equal(plain, again)
    varied, same, other = (
        task.batch("train", indices, augment_seed=tf.constant([1, n])).inputs
        for n in (2, 2, 3)
    )
    np.testing.assert_array_equal(varied, same)
    assert not np.array_equal(varied, plain)
    assert not np.array_equal(varied, other)


def test_the_border_of_a_crop_is_the_mean_colour():
    """Padding comes after standardisation, so what is padded is 0 and not -mean/std."""
    task, images = build(augmentation=Augmentation(pad=3, flip=False, cutout=0))
    batch = task.batch("train", tf.range(6), augment_seed=tf.constant([1, 2]))
    values = (images.astype(np.float32) - [10.0, 20.0]) / [2.0, 4.0]
    assert set(np.unique(batch.inputs)) <= {0.0, *np.unique(values.astype("f"))}


def test_the_loss_is_the_mean_cross_entropy():
    task, _ = build()
    logits = tf.constant([[0.0, 0.0], [np.log(3.0), 0.0]], tf.float32)
    # -log 1/2 and -log 3/4
    wanted = (np.log(2.0) + np.log(4.0 / 3.0)) / 2
    loss = task.loss(ChildOutput(logits), batch_of([1, 0]))
    np.testing.assert_allclose(loss, wanted, rtol=1e-5)


def test_an_auxiliary_head_adds_two_fifths_of_its_loss_and_a_penalty_all_of_itself():
    task, _ = build()
    flat = tf.zeros([3, 2])
    batch = batch_of([1, 0, 1])
    plain = task.loss(ChildOutput(flat), batch)
    aux = task.loss(ChildOutput(flat, aux_logits=tf.zeros([3, 4])), batch)
    np.testing.assert_allclose(aux - plain, 0.4 * np.log(4.0), rtol=1e-5)
    penalised = task.loss(ChildOutput(flat, penalty=tf.constant(0.25)), batch)
    np.testing.assert_allclose(penalised - plain, 0.25, rtol=1e-5)


def test_right_is_where_the_highest_logit_is_the_labels():
    task, _ = build()
    logits = tf.constant([[1.0, 2.0, 0.0], [3.0, 2.0, 0.0], [0.0, 0.0, 1.0]])
    right = task.measured(ChildOutput(logits), batch_of([1, 1, 2]))
    np.testing.assert_array_equal(right, [1.0, 0.0, 1.0])
    assert right.dtype == tf.float32


def test_there_is_a_reward_for_every_measure():
    names = {measure.name for measure in (measures.ACCURACY, measures.PERPLEXITY)}
    assert {row.measure for row in reward_rows.REWARDS.values()} == names


@pytest.mark.parametrize("measure", [measures.ACCURACY, measures.PERPLEXITY])
def test_every_reward_is_higher_for_what_is_better(measure):
    reward = rewards.REWARDS[measure.name]

    def paid(nats):
        means = {"accuracy": tf.constant(nats), "log_likelihood": tf.constant(nats)}
        return reward(RewardInputs(means, arc=None, costs={}))

    assert paid(0.75) > paid(0.25)


def test_the_log_likelihood_is_that_of_the_label():
    task, _ = build()
    logits = tf.math.log([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]])
    found = task.log_likelihood(ChildOutput(logits), batch_of([1, 2]))
    np.testing.assert_allclose(found, np.log([0.25, 0.8]), rtol=1e-5)
