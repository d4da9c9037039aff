"""How good arcs are under the shared weights, for rewards, reports and deriving alike.

The unit is a row: one arc and the batch of examples that it is tried on. For a reward
each arc has one row, with a random batch of its own; for deriving each arc has many
rows; for an evaluation each batch has an arc drawn for it. Of each example the task
measures one number (say, whether the answer is right). The child is not trained here:
no dropout, no drop path, batch normalisation by the batch.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from enas_tf.nn import seeds
from enas_tf.run import measures
from enas_tf.spaces.base import SearchSpace
from enas_tf.tasks.base import Task
from enas_tf.training.batching import Batches
from enas_tf.training.networks import SharedChild


class Values(NamedTuple):
    """Two values of each example of each row, [R, B] each; or of other shape alike.

    Attributes:
      measured: what the task measures, of which figures are made.
      log_likelihood: of the right answer, nats; more tells a better arc.
    """

    measured: tf.Tensor
    log_likelihood: tf.Tensor


class Scorer:
    """Scores arcs under the shared weights, by the task's measure.

    Its methods may be called in any order, and go by the shared weights as they are
    when they run. `random_batches` and `row_values` are traced into a caller's graph
    and run with it; `scores`, `values` and `means` are called on the host. A split is
    one of the task's, "valid" or "test"; another one is the task's KeyError.
    """

    def __init__(self, child: SharedChild, space: SearchSpace, task: Task):
        """Nothing is traced yet.

        Args:
          child: the network with the shared weights.
          space: of the child and of all arcs.
          task: its splits, and what is measured.
        """
        self._child = child
        self._space = space
        self._task = task
        self._functions: dict[str, Callable[..., Values]] = {}

    @property
    def measure(self) -> measures.Measure:
        """What the task measures of an example, and which way is better.

        `values` gives it for each example, `means` averages it.
        """
        return self._task.measure

    def row_values(
        self, tokens: tf.Tensor, indices: tf.Tensor, *, split: str
    ) -> Values:
        """The values of the examples of each row, [R, B] float32 each.

        Args:
          tokens: [R, T] int32, an arc a row.
          indices: [R, B] int32 into the split.
          split: see the class.
        """
        value = tf.TensorSpec([None], tf.float32)
        return tf.map_fn(  # one row after the other: the memory of one
            lambda row: self._values(row[0], row[1], split),
            (tokens, indices),
            fn_output_signature=Values(value, value),
            parallel_iterations=1,
        )

    def scores(self, tokens: np.ndarray, batches: Batches, *, split: str) -> Values:
        """Both values of the examples, [R, B] float64 each: row r is arc r on batch r.

        Args:
          tokens: [R, T], an arc a row.
          batches: R of them. The examples that fill one up are measured as well;
            `Batches.weights` are 0 there.
          split: see the class.
        """
        found = self._compiled(split)(
            tf.constant(tokens, tf.int32), tf.constant(batches.indices)
        )
        return Values(*(value.numpy().astype(np.float64) for value in found))

    def values(self, tokens: np.ndarray, batches: Batches, *, split: str) -> np.ndarray:
        """Measured values of the examples, [R, B] float64; see `scores`."""
        return self.scores(tokens, batches, split=split).measured

    def means(self, tokens: np.ndarray, batches: Batches, *, split: str) -> np.ndarray:
        """The mean of each row of `values` by `batches.weights`, [R] float64."""
        values = self.values(tokens, batches, split=split)
        return (values * batches.weights).sum(axis=1) / batches.weights.sum(axis=1)

    def random_batches(
        self, split: str, count: int, batch_size: int, *, seed: tf.Tensor
    ) -> tf.Tensor:
        """Random batches: indices of examples, [count, B] int32.

        No example is twice in a batch; two batches may share some.

        Args:
          split: see the class.
          count: of the batches.
          batch_size: B, which is the split's size where that is smaller.
          seed: [2] int32.
        """
        examples = tf.range(self._task.size(split))

        def draw(number: tf.Tensor) -> tf.Tensor:
            own = seeds.fold(seed, number)
            order = tf.random.experimental.stateless_shuffle(examples, own)
            return order[:batch_size]

        return tf.map_fn(
            draw, tf.range(count), fn_output_signature=tf.int32, parallel_iterations=1
        )

    def _values(self, tokens: tf.Tensor, indices: tf.Tensor, split: str) -> Values:
        """Of one arc ([T]) on one batch of examples ([B]), [B] float32 each."""
        batch = self._task.batch(split, indices)
        arc = self._space.decode(tokens)
        # No dropout and no drop path, in macro as in the original (Deviation K4), in
        # micro unlike it (Deviation D22).
        output = self._child(batch.inputs, arc=arc, training=False)
        measured = self._task.measured(output, batch)
        if self.measure is measures.PERPLEXITY:
            # What is measured are nats. Asked for both, TensorFlow may compute both.
            return Values(measured, -measured)
        return Values(measured, self._task.log_likelihood(output, batch))

    def _compiled(self, split: str) -> Callable[..., Values]:
        """`row_values`; traced once a split, for any number of rows."""
        if split not in self._functions:
            self._functions[split] = tf.function(
                lambda tokens, indices: self.row_values(tokens, indices, split=split),
                autograph=False,
                input_signature=[
                    tf.TensorSpec([None, self._space.num_tokens], tf.int32),
                    tf.TensorSpec([None, None], tf.int32),
                ],
            )
        return self._functions[split]
