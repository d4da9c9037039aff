"""Trains one arc from scratch, with weights of its own, and tests it once."""

from typing import Any

import keras
import tensorflow as tf

from enas_tf.training import scoring
from enas_tf.training.driver import Driver
from enas_tf.training.epochs import ChildEpochs

EPOCH = "epoch"
COUNTERS = ("child_step", EPOCH)


def retrain(epochs: ChildEpochs, driver: Driver, *, num_epochs: int) -> None:
    """Go on from the position to the end of training.

    The test images are not looked at on the way: every training image is trained on,
    so nothing is left to choose an epoch by.
    """
    # Deviation D17: the original evaluates on test after every epoch.
    for epoch in range(driver.position[EPOCH], num_epochs):
        epochs.train(epoch)
        driver.position[EPOCH] = epoch + 1
        driver.save()


def hand_over(trained: keras.Model, model: keras.Model) -> None:
    """Set the weights of `model` to those of the same path in `trained`.

    `trained` may have more: what is for training only.
    """
    values = {weight.path: weight for weight in trained.weights}
    for weight in model.weights:
        weight.assign(values[weight.path])


def test_accuracy(model: keras.Model, task: Any, *, batch_size: int) -> float:
    """The fraction of test images that a final child gets right."""
    batches = scoring.cut(task.size("test"), batch_size)

    @tf.function(autograph=False)
    def right(indices, weights):
        def one(row):
            batch = task.batch("test", row[0])
            predicted = tf.argmax(model(batch.inputs, training=False), axis=1)
            hits = tf.cast(predicted, tf.int32) == batch.labels
            return tf.reduce_sum(tf.cast(hits, tf.float32) * row[1])

        counts = tf.map_fn(
            one,
            (indices, weights),
            fn_output_signature=tf.float32,
            parallel_iterations=1,
        )
        return tf.reduce_sum(counts)

    total = right(tf.constant(batches.indices), tf.constant(batches.weights))
    return float(total) / task.size("test")
