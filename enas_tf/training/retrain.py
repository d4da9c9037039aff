"""Trains one arc from scratch, with weights of its own, and tests it once."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from enas_tf.run import counters
from enas_tf.tasks.base import Task
from enas_tf.training import batching
from enas_tf.training.driver import Driver
from enas_tf.training.epochs import ChildEpochs

BATCHES_PER_CALL = 10  # of a test: seconds, also of a large network


def retrain(
    epochs: ChildEpochs,
    driver: Driver,
    *,
    num_epochs: int,
    after_epoch: Callable[[int], None] = lambda epoch: None,
) -> None:
    """Go on from the position to the end of training.

    The test data are not looked at on the way. Of images all but these are trained on,
    so nothing is left to choose an epoch by.

    Args:
      epochs: trains.
      driver: holds the position, and saves it after each epoch.
      num_epochs: of the whole training.
      after_epoch: called with each epoch's number, from 0, before it is saved.
    """
    # Deviation D17: the original evaluates on test after every epoch.
    for epoch in range(driver.position[counters.EPOCH], num_epochs):
        epochs.train(epoch)
        after_epoch(epoch)
        driver.position[counters.EPOCH] = epoch + 1
        driver.save()


def hand_over(trained: keras.Model, model: keras.Model) -> None:
    """Set the weights of `model` to those of the same path in `trained`.

    `trained` may have more: drop path and an auxiliary head are for training only.
    """
    values = {weight.path: weight for weight in trained.weights}
    for weight in model.weights:
        weight.assign(values[weight.path])


def test_answers(
    model: keras.Model,
    task: Task,
    *,
    batch_size: int,
    progress: Callable[[int], None] = lambda images: None,
) -> np.ndarray:
    """The class that a final child names for each test image, [N] int32.

    `progress` is called with the number of images tested since the last call.
    """
    batches = batching.cut(task.size("test"), batch_size)

    @tf.function(autograph=False, reduce_retracing=True)
    def answers(indices: tf.Tensor) -> tf.Tensor:
        def one(row: tf.Tensor) -> tf.Tensor:
            logits = model(task.batch("test", row).inputs, training=False)
            return tf.argmax(logits, axis=1, output_type=tf.int32)

        return tf.map_fn(
            one, indices, fn_output_signature=tf.int32, parallel_iterations=1
        )

    found = []
    for first in range(0, len(batches.indices), BATCHES_PER_CALL):
        cut = slice(first, first + BATCHES_PER_CALL)
        counted = batches.weights[cut] > 0  # without what the last batch repeats
        found.append(answers(tf.constant(batches.indices[cut])).numpy()[counted])
        progress(len(found[-1]))
    return np.concatenate(found)
