"""Scores of arcs under the shared weights: one graph for reward, report and derive.

A score is a row: an arc and the examples it is tried on. A reward has an arc a row on a
shuffled batch of its own; deriving has many rows per arc; an evaluation a fresh arc for
every batch. The child is not trained here and drops nothing.
"""

from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from enas_tf.nn import seeds
from enas_tf.run import measures
from enas_tf.spaces.base import SearchSpace
from enas_tf.tasks.base import Task
from enas_tf.training.batching import Batches
from enas_tf.training.networks import SharedChild


class Scorer:
    """Scores arcs under the shared weights, by the task's measure.

    Its methods may be called in any order; each answers with the weights of the moment
    at which it is called. `shuffled` and `rows` are traced into a caller's graph,
    `values` and `means` are called on the host. A split that the task does not have is
    a KeyError.
    """

    def __init__(self, child: SharedChild, space: SearchSpace, task: Task):
        """Nothing is traced yet.

        Args:
          child: whose weights judge.
          space: of the child and of all arcs.
          task: its splits, and what is measured.
        """
        self._child = child
        self._space = space
        self._task = task
        self._functions: dict[str, Callable[..., tf.Tensor]] = {}

    @property
    def measure(self) -> measures.Measure:
        """The measure of which all scores here are means."""
        return self._task.measure

    def rows(
        self, tokens: tf.Tensor, indices: tf.Tensor, weights: tf.Tensor, *, split: str
    ) -> tf.Tensor:
        """Sum of the measured values of each row, [R] float32; traced into callers.

        Args:
          tokens: [R, T] int32.
          indices: [R, B] int32 into the split.
          weights: [R, B] float32.
          split: "valid" or "test".
        """

        def score(row: Sequence[tf.Tensor]) -> tf.Tensor:
            tokens, indices, weights = row
            measured = self._measured(tokens, indices, split)
            return tf.reduce_sum(measured * weights)

        return tf.map_fn(
            score,
            (tokens, indices, weights),
            fn_output_signature=tf.float32,
            parallel_iterations=1,
        )

    def values(self, tokens: np.ndarray, batches: Batches, *, split: str) -> np.ndarray:
        """Measured values of the examples, [R, B] float64: row r is arc r on batch r.

        An example that a batch repeats is there twice; `Batches.weights` has one.
        """
        found = self._compiled(split)(
            tf.constant(tokens, tf.int32), tf.constant(batches.indices)
        )
        return found.numpy().astype(np.float64)

    def means(self, tokens: np.ndarray, batches: Batches, *, split: str) -> np.ndarray:
        """The mean of each row of `values`, [R] float64."""
        values = self.values(tokens, batches, split=split)
        return (values * batches.weights).sum(axis=1) / batches.weights.sum(axis=1)

    def shuffled(
        self, split: str, count: int, batch_size: int, *, seed: tf.Tensor
    ) -> tf.Tensor:
        """`count` random batches without repeats inside one, [count, B] int32."""
        examples = tf.range(self._task.size(split))

        def draw(number: tf.Tensor) -> tf.Tensor:
            own = seeds.fold(seed, number)
            order = tf.random.experimental.stateless_shuffle(examples, own)
            return order[:batch_size]

        return tf.map_fn(
            draw, tf.range(count), fn_output_signature=tf.int32, parallel_iterations=1
        )

    def _measured(self, tokens: tf.Tensor, indices: tf.Tensor, split: str) -> tf.Tensor:
        """Of one arc ([T]) on one batch of examples ([B]), [B] float32."""
        batch = self._task.batch(split, indices)
        arc = self._space.decode(tokens)
        # Deviation K4 (kept, macro) and Deviation D22 (micro): nothing is dropped.
        output = self._child(batch.inputs, arc=arc, training=False)
        return self._task.measured(output, batch)

    def _compiled(self, split: str) -> Callable[..., tf.Tensor]:
        """`_measured` of many rows, traced once for any number of rows and examples."""
        if split not in self._functions:

            def values(tokens: tf.Tensor, indices: tf.Tensor) -> tf.Tensor:
                return tf.map_fn(
                    lambda row: self._measured(row[0], row[1], split),
                    (tokens, indices),
                    fn_output_signature=tf.TensorSpec([None], tf.float32),
                    parallel_iterations=1,
                )

            self._functions[split] = tf.function(
                values,
                autograph=False,
                input_signature=[
                    tf.TensorSpec([None, self._space.num_tokens], tf.int32),
                    tf.TensorSpec([None, None], tf.int32),
                ],
            )
        return self._functions[split]
