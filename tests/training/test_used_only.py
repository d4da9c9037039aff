"""Momentum and L2 only where a step used a weight, in worked numbers."""

import numpy as np
import tensorflow as tf
import toys
from function_network import Function, IndexTask

from enas_tf.config.sections import ChildConfig
from enas_tf.tasks import lessons
from enas_tf.training import shared

# By step, the gradient of the loss. The second weight is never used.
GRADIENTS = np.array([[1.0, 0.0, 2.0], [0.0, 0.0, -1.0], [0.5, 0.0, 0.0]], np.float32)
START = [2.0, 3.0, -4.0]


def by_gradients(v, _, step):
    return tf.reduce_sum(v * tf.gather(GRADIENTS, step))


def trainer_of(network, **settings):
    task, config = IndexTask(12), ChildConfig(update="used", **settings)
    order = lessons.Shuffled(task, batch_size=4, seed=0)
    return shared.SharedTrainer(network, task, config, lessons=order)


def run(trainer, first, last):
    return trainer.run(toys.int64(first), toys.int64(last), tf.constant(0.1))


def restated(*, momentum, l2, steps=3):
    """Weights and accumulators after so many steps, one entry at a time."""
    weights, accumulators = list(START), [0.0, 0.0, 0.0]
    for gradients in GRADIENTS[:steps]:
        for i, gradient in enumerate(gradients):
            if gradient == 0.0:
                continue
            total = gradient + 2.0 * l2 * weights[i]
            accumulators[i] = momentum * accumulators[i] + total
            weights[i] -= 0.1 * (total + momentum * accumulators[i])
    return weights, accumulators


def test_a_step_changes_weights_and_accumulators_only_where_it_used_them():
    network = Function(START, by_gradients)
    trainer = trainer_of(network, momentum=0.9, l2_reg=0.25)
    run(trainer, 0, 1)
    # Of L2: 0.5 w. Totals 1 + 1 = 2 and 2 - 2 = 0; the first moves by 0.1 * 1.9 * 2.
    np.testing.assert_allclose(network.variables[0], [1.62, 3.0, -4.0], rtol=1e-6)
    np.testing.assert_allclose(trainer.variables[0], [2.0, 0.0, 0.0], atol=1e-6)
    run(trainer, 1, 2)
    # The third: -1 - 2 = -3, so + 0.1 * 1.9 * 3. The first does not coast.
    np.testing.assert_allclose(network.variables[0], [1.62, 3.0, -3.43], rtol=1e-6)
    run(trainer, 2, 3)
    # The first: 0.5 + 0.81 = 1.31, accumulated 1.8 + 1.31; - 0.1 (1.31 + 0.9 * 3.11).
    np.testing.assert_allclose(network.variables[0], [1.2091, 3.0, -3.43], rtol=1e-6)
    np.testing.assert_allclose(trainer.variables[0], [3.11, 0.0, -3.0], rtol=1e-6)


def test_three_steps_are_the_restated_ones():
    network = Function(START, by_gradients)
    trainer = trainer_of(network, momentum=0.8, l2_reg=0.1)
    run(trainer, 0, 3)
    weights, accumulators = restated(momentum=0.8, l2=0.1)
    np.testing.assert_allclose(network.variables[0], weights, rtol=1e-6)
    np.testing.assert_allclose(trainer.variables[0], accumulators, rtol=1e-6)


def test_without_momentum_l2_leaves_what_was_not_used():
    network = Function(START, by_gradients)
    trainer = trainer_of(network, momentum=0.0, l2_reg=0.25)
    run(trainer, 0, 3)
    np.testing.assert_allclose(
        network.variables[0], restated(momentum=0.0, l2=0.25)[0], rtol=1e-6
    )
    assert trainer.variables == []


def test_the_norm_and_the_clipping_are_of_what_was_used():
    network = Function([2.0, 300.0, -4.0], by_gradients)
    trainer = trainer_of(
        network, momentum=0.0, l2_reg=0.5, clip_mode="global", grad_bound=1.0
    )
    metrics = run(trainer, 0, 1).metrics
    # Totals 1 + 2 = 3 and 2 - 4 = -2.
    np.testing.assert_allclose(metrics.grad_norm, np.sqrt(13), rtol=1e-6)
    moved = [2.0 - 0.3 / np.sqrt(13), 300.0, -4.0 + 0.2 / np.sqrt(13)]
    np.testing.assert_allclose(network.variables[0], moved, rtol=1e-6)


def test_each_variable_has_a_mask_and_an_accumulator_of_its_own():
    network = Function(START, by_gradients)
    head = tf.Variable([1.0])
    network.variables.append(head)
    network.decayed.append(False)
    network._loss = lambda v, i, step: (
        by_gradients(v, i, step) + head[0] * (tf.where(step == 0, 1.0, 0.0))
    )
    trainer = trainer_of(network, momentum=0.9, l2_reg=0.25)
    run(trainer, 0, 3)
    np.testing.assert_allclose(
        network.variables[0], restated(momentum=0.9, l2=0.25)[0], rtol=1e-6
    )
    np.testing.assert_allclose(head, [1.0 - 0.19], rtol=1e-6)
    np.testing.assert_allclose(trainer.variables[1], [1.0], rtol=1e-6)
