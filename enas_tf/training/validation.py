"""A final child of images on its validation images."""

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from enas_tf.children.output import ChildOutput
from enas_tf.tasks.base import Task
from enas_tf.training import batching, retrain


class Validated(NamedTuple):
    """Means over the validation data.

    Attributes:
      measured: of what the task measures.
      log_likelihood: of the right answers, nats.
    """

    measured: float
    log_likelihood: float


def of_images(
    model: keras.Model,
    task: Task,
    *,
    batch_size: int,
    progress: Callable[[int], None],
) -> Validated:
    """The means over the split "valid" of `task`.

    Args:
      model: images -> logits, as it is tested.
      task: of the images.
      batch_size: images in a batch.
      progress: called with the number of images done since the last call.
    """
    batches = batching.cut(task.size("valid"), batch_size)

    @tf.function(autograph=False)
    def values(indices: tf.Tensor) -> tf.Tensor:
        def one(row: tf.Tensor) -> tf.Tensor:
            batch = task.batch("valid", row)
            output = ChildOutput(model(batch.inputs, training=False))
            both = task.measured(output, batch), task.log_likelihood(output, batch)
            return tf.stack(both)

        return tf.map_fn(
            one, indices, fn_output_signature=tf.float32, parallel_iterations=1
        )

    # One trace for all lengths; of many models in turn TensorFlow would warn otherwise.
    call = values.get_concrete_function(tf.TensorSpec([None, None], tf.int32))
    sums = np.zeros(2)
    for first in range(0, len(batches.indices), retrain.BATCHES_PER_CALL):
        cut = slice(first, first + retrain.BATCHES_PER_CALL)
        weights = batches.weights[cut]  # 0 for what the last batch repeats
        found = call(tf.constant(batches.indices[cut])).numpy().astype(np.float64)
        sums += (found * weights[:, np.newaxis]).sum(axis=(0, 2))
        progress(int(weights.sum()))
    return Validated(*(sums / task.size("valid")).tolist())
