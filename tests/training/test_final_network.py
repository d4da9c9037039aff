"""A final child as the trainer sees it: two heads, drop path, and what resumes."""

import numpy as np
import pytest
import tensorflow as tf
import toys

from enas_tf.children import final_micro
from enas_tf.config.sections import ChildConfig
from enas_tf.nn.drop_path import DropPath
from enas_tf.run import measures
from enas_tf.spaces import micro
from enas_tf.tasks import lessons
from enas_tf.tasks.classification import Batch
from enas_tf.training import child as child_lib
from enas_tf.training import networks, retrain

ARC = micro.MicroSpace(2).parse("0 0 1 4 | 2 2 1 3 | 1 0 0 4 | 2 2 1 0")
SMALL = dict(num_layers=1, out_filters=4, l2_reg=0.01)
DROPS = ChildConfig(**SMALL, keep_prob=0.5, drop_path_keep_prob=0.3)
LARGE = (17, 17, 1)  # images that are large enough for an auxiliary head
TOTAL = 6  # steps


def child(config=DROPS, *, shape=toys.IMAGE_SHAPE, training=True):
    sizes = dict(image_shape=shape, num_classes=toys.NUM_CLASSES, seed=0)
    return final_micro.final_micro_child(ARC, config, training=training, **sizes)


def network_of(model):
    return networks.FinalNetwork(model, total_steps=TOTAL, seed=0)


def trainer_of(network, task=None):
    task = task or toys.task()
    shuffled = lessons.Shuffled(task, batch_size=8, seed=0)
    return child_lib.ChildTrainer(network, task, DROPS, lessons=shuffled)


def run(trainer, first, last):
    trainer.run(toys.int64(first), toys.int64(last), tf.constant(0.1))


def values(variables):
    return [v.numpy() for v in variables]


@pytest.fixture(scope="module")
def two_heads():
    config = ChildConfig(**SMALL, use_aux_heads=True)
    return network_of(child(config, shape=LARGE))


def batch():
    images = np.random.default_rng(0).normal(size=(4, *LARGE))
    return Batch(tf.constant(images, tf.float32), tf.constant([0, 1, 2, 3]))


def test_the_loss_has_the_share_of_the_auxiliary_head(two_heads):
    output, tokens = two_heads.forward(batch().inputs, step=toys.int64(0))
    assert tokens.shape == (0,)
    main, aux = (
        tf.reduce_mean(
            -tf.gather(tf.nn.log_softmax(x), batch().labels, axis=1, batch_dims=1)
        )
        for x in (output.logits, output.aux_logits)
    )
    loss = toys.task().loss(output, batch())
    np.testing.assert_allclose(loss, main + 0.4 * aux, rtol=1e-5)


def test_a_child_of_one_head_has_no_auxiliary_logits():
    network = network_of(child())
    inputs = tf.zeros([2, *toys.IMAGE_SHAPE])
    assert network.forward(inputs, step=toys.int64(0))[0].aux_logits is None
    assert all(network.decayed)


class Flat:
    """A task whose loss has no slope anywhere, so that L2 alone moves a weight."""

    measure = measures.ACCURACY

    def size(self, split):
        return 8

    def batch(self, split, indices, *, augment_seed):
        return batch()

    def loss(self, output, batch):
        return 0.0 * (tf.reduce_sum(output.logits) + tf.reduce_sum(output.aux_logits))

    def measured(self, output, batch):
        return tf.ones([1])


def test_l2_is_on_all_weights_but_those_of_the_auxiliary_head(two_heads):
    before = values(two_heads.variables)
    run(trainer_of(two_heads, Flat()), 0, 1)
    weights = two_heads.model.trainable_weights
    for weight, old in zip(weights, before, strict=True):
        new = weight.numpy()
        if weight.path.startswith("aux_head"):
            np.testing.assert_array_equal(new, old)
        else:
            # lr 0.1, the first Nesterov step is 1.9 gradients, each 2 * 0.01 * weight.
            np.testing.assert_allclose(new, old * (1 - 0.0038), rtol=1e-5)


def test_the_clock_of_drop_path_shows_the_share_of_steps_done_and_their_seed():
    network = network_of(child())
    clock = next(x for x in network.model.layers if isinstance(x, DropPath)).clock
    found, drawn = [], set()
    for step in (0, 2, 5, 9):
        network.forward(tf.zeros([2, *toys.IMAGE_SHAPE]), step=toys.int64(step))
        found.append(float(clock.progress))
        drawn.add(tuple(clock.seed.numpy()))
    np.testing.assert_allclose(found, [1 / 6, 3 / 6, 1.0, 1.0], rtol=1e-6)
    assert len(drawn) == 4


def test_what_is_dropped_is_a_function_of_the_step():
    network = network_of(child(ChildConfig(**SMALL, drop_path_keep_prob=0.3)))
    inputs = np.random.default_rng(0).normal(size=(4, *toys.IMAGE_SHAPE))
    first, again, other = (
        network.forward(tf.constant(inputs, tf.float32), step=toys.int64(n))[0].logits
        for n in (4, 4, 5)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01


def state(network, trainer):
    """The variables of a checkpoint."""
    return [*(w.value for w in network.model.weights), *trainer.variables]


def test_a_resumed_training_equals_an_uninterrupted_one_to_the_bit():
    networks_ = [network_of(child()) for _ in range(2)]
    whole, resumed = ((n, trainer_of(n)) for n in networks_)
    run(whole[1], 0, 1)
    kept = values(state(*whole))
    run(whole[1], 1, 3)
    for variable, value in zip(state(*resumed), kept, strict=True):
        variable.assign(value)
    run(resumed[1], 1, 3)
    for a, b in zip(values(state(*whole)), values(state(*resumed)), strict=True):
        assert a.tobytes() == b.tobytes()


def test_each_test_image_is_answered_once_and_in_its_order():
    model, task = child(training=False), toys.task()
    batch = task.batch("test", tf.range(task.size("test")))
    wanted = np.argmax(model(batch.inputs, training=False), axis=1)
    for batch_size in (4, 10, 100):  # of ten images; the last batch begins early
        answers = retrain.test_answers(model, task, batch_size=batch_size)
        np.testing.assert_array_equal(answers, wanted)


def test_the_model_to_export_is_handed_the_trained_weights():
    config = ChildConfig(**SMALL, use_aux_heads=True, drop_path_keep_prob=0.3)
    trained = child(config, shape=LARGE)
    model = child(config, shape=LARGE, training=False)
    for weight in trained.weights:
        weight.assign(weight + 0.1)
    logits, _ = trained(batch().inputs, training=False)
    assert np.abs(logits - model(batch().inputs, training=False)).max() > 0.01
    retrain.hand_over(trained, model)
    np.testing.assert_array_equal(logits, model(batch().inputs, training=False))
