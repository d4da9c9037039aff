"""The child trainer: which examples, how often traced, and what a step does."""

import numpy as np
import pytest
import tensorflow as tf
import toys
from function_network import Function, IndexTask

from enas_tf.children import final_macro
from enas_tf.config.sections import ChildConfig
from enas_tf.spaces.macro import MacroArc
from enas_tf.tasks import lessons
from enas_tf.training import child as child_lib
from enas_tf.training import networks

LR = tf.constant(0.1)
PLAIN = ChildConfig(l2_reg=0.0)


def trainer_of(network, *, size=10, batch_size=4, config=PLAIN, task=None):
    task = task or IndexTask(size)
    shuffled = lessons.Shuffled(task, batch_size=batch_size, seed=0)
    return child_lib.ChildTrainer(network, task, config, lessons=shuffled)


def run(trainer, first, last, lr=LR):
    return trainer.run(toys.int64(first), toys.int64(last), lr)


def visits(size, batch_size, steps):
    """[steps, size]: how often each step saw each example, read off its gradient."""
    network = Function([0.0] * size, lambda v, i, _: tf.reduce_sum(tf.gather(v, i)))
    trainer = trainer_of(network, size=size, batch_size=batch_size)
    rows, before = [], np.zeros(size)
    for step in range(steps):
        run(trainer, step, step + 1)
        after = trainer.variables[0].numpy()
        rows.append(after - 0.9 * before)
        before = after
    return np.rint(rows).astype(int)


@pytest.mark.parametrize(("size", "batch_size", "steps"), [(10, 4, 3), (10, 5, 2)])
def test_batches_are_full_and_an_epoch_visits_every_example(size, batch_size, steps):
    seen = visits(size, batch_size, 2 * steps)
    assert np.all(seen.sum(axis=1) == batch_size)
    assert seen.max() == 1  # none twice in a batch
    for epoch in (seen[:steps], seen[steps:]):
        assert np.all(epoch.sum(axis=0) >= 1)


def test_each_epoch_has_an_order_of_its_own():
    seen = visits(12, 3, 8)
    assert not np.array_equal(seen[:4], seen[4:])


@pytest.mark.parametrize(("batch_size", "steps"), [(4, 3), (5, 2), (10, 1)])
def test_an_epoch_has_so_many_steps(batch_size, steps):
    network = Function([0.0], lambda v, i, _: v[0])
    assert trainer_of(network, batch_size=batch_size).lessons.steps_before(1) == steps


def test_momentum_moves_a_weight_that_the_step_did_not_use():
    network = Function([0.0, 0.0], lambda v, _, step: tf.gather(v, step % 2))
    trainer = trainer_of(network)
    run(trainer, 0, 1)
    np.testing.assert_allclose(network.variables[0], [-0.19, 0.0], rtol=1e-6)
    run(trainer, 1, 2)
    # The first one goes on by lr * 0.9 * 0.9.
    np.testing.assert_allclose(network.variables[0], [-0.271, -0.19], rtol=1e-6)


def test_l2_and_clipping_are_applied_and_the_norm_is_that_before_clipping():
    config = ChildConfig(l2_reg=0.5, clip_mode="global", grad_bound=1.0)
    network = Function([3.0, 4.0], lambda v, *_: 0.0 * tf.reduce_sum(v))
    metrics = run(trainer_of(network, config=config), 0, 1).metrics
    # The gradient is 2 * 0.5 * (3, 4), of norm 5, clipped to (0.6, 0.8).
    np.testing.assert_allclose(metrics.grad_norm, 5.0, rtol=1e-6)
    np.testing.assert_allclose(
        network.variables[0], [3.0 - 0.19 * 0.6, 4.0 - 0.19 * 0.8], rtol=1e-6
    )


def test_the_reported_loss_is_without_l2():
    config = ChildConfig(l2_reg=0.5)
    network = Function([3.0], lambda v, *_: 2.0 * v[0])
    np.testing.assert_allclose(
        run(trainer_of(network, config=config), 0, 1).metrics.loss, 6.0
    )


def test_means_are_over_all_calls_and_the_last_step_and_its_arc_are_told():
    network = Function([0.0], lambda v, _, s: tf.cast(s + 1, tf.float32) + 0.0 * v[0])
    trainer = trainer_of(network)
    run(trainer, 0, 1)
    found = run(trainer, 1, 3)
    assert trainer.row.steps == 3 and trainer.row.values()["loss"] == (1 + 2 + 3) / 3
    assert trainer.row.values()["measured"] == 1.0
    assert float(found.metrics.loss) == 3
    assert (int(found.last), found.tokens.numpy().tolist()) == (2, [2])
    assert bool(found.goes_on)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_ends_the_call_and_says_where(bad):
    network = Function([0.0], lambda v, _, step: v[0] + tf.where(step == 1, bad, 1.0))
    found = run(trainer_of(network, size=40), 0, 5)
    assert not bool(found.goes_on)
    assert (int(found.last), found.tokens.numpy().tolist()) == (1, [1])


def shared_trainer(**settings):
    child = toys.child()
    model = toys.controller()
    network = networks.SampledChild(child, model, toys.SPACE, seed=0)
    config = ChildConfig(**{"keep_prob": 0.5, **settings})
    return trainer_of(network, task=toys.task(), batch_size=8, config=config), child


def test_the_cut_into_calls_does_not_change_a_bit():
    weights = []
    for cuts in ([0, 3, 6], [0, 1, 3, 5, 6], [0, 1, 2, 3, 4, 5, 6]):
        trainer, child = shared_trainer()
        # Two epochs of three steps; a call stays within one.
        for first, last in zip(cuts, cuts[1:], strict=False):
            ends = [first, 3, last] if first < 3 < last else [first, last]
            for begin, end in zip(ends, ends[1:], strict=False):
                run(trainer, begin, end)
        slots = [v.numpy().tobytes() for v in trainer.variables + trainer.means]
        weights.append((child.parameters.vector.numpy().tobytes(), slots))
    assert weights[0] == weights[1] == weights[2]


def test_one_trace_for_many_calls_and_learning_rates():
    trainer, _ = shared_trainer()
    for step in range(5):
        run(trainer, step, step + 1, tf.constant(0.1 / (step + 1)))
    assert trainer.run.experimental_get_tracing_count() == 1


def test_each_step_runs_an_arc_of_its_own():
    trainer, _ = shared_trainer()
    arcs = {tuple(run(trainer, n, n + 1).tokens.numpy()) for n in range(8)}
    assert len(arcs) > 2


def test_training_on_makes_the_loss_smaller():
    trainer, _ = shared_trainer(keep_prob=1.0, l2_reg=0.0)
    losses = []
    for epoch in range(15):
        run(trainer, 3 * epoch, 3 * epoch + 3, tf.constant(0.02))
        losses.append(trainer.row.values()["loss"])
        trainer.row.reset()
    assert np.mean(losses[-3:]) < np.mean(losses[:3]) - 0.1


def final_network():
    arc = MacroArc((0, 5), ((), (1,)))
    config = ChildConfig(out_filters=4, keep_prob=0.5)
    model = final_macro.final_macro_child(
        arc, config, image_shape=(8, 8, 3), num_classes=toys.NUM_CLASSES, seed=0
    )
    return networks.FinalNetwork(model, total_steps=3, seed=0)


def test_a_final_child_is_trained_and_resumed_to_the_bit():
    found = []
    for cuts in ([0, 3], [0, 1, 3]):
        network = final_network()
        trainer = trainer_of(network, task=toys.task(), batch_size=8)
        for first, last in zip(cuts, cuts[1:], strict=False):
            assert run(trainer, first, last).tokens.shape == (0,)
        found.append([v.numpy().tobytes() for v in network.model.variables])
    assert found[0] == found[1]
    assert len(trainer.variables) == len(network.variables)


def test_the_dropout_of_a_final_child_is_a_function_of_the_step():
    network = final_network()
    inputs = tf.ones([4, 8, 8, 3]) * tf.reshape(tf.range(4.0), [4, 1, 1, 1])
    first, again, other = (
        network.forward(inputs, step=toys.int64(n))[0].logits.numpy() for n in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
