"""Language modelling: which word comes next, from text in memory.

An example of a split is a window of T words that begins with no state. Training reads
the text as a stream instead, in pieces of random length with the state carried.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from enas_tf.children.output import ChildOutput
from enas_tf.data.text import bptt, stream
from enas_tf.nn import cross_entropy, seeds
from enas_tf.run import measures
from enas_tf.tasks.base import Lesson


class Batch(NamedTuple):
    """Words [B, T] int32, and for each the word that follows it, [B, T] int32."""

    inputs: tf.Tensor
    targets: tf.Tensor


class LanguageModel:
    """Windows, loss and measure of one text."""

    measure = measures.PERPLEXITY

    def __init__(self, texts: Mapping[str, np.ndarray], *, bptt_steps: int):
        """Copies the texts into tensors.

        Args:
          texts: ids [n] int32 of each split.
          bptt_steps: words in a window, and about as many in a piece of training.
        """
        self._texts = {name: tf.constant(ids) for name, ids in texts.items()}
        self._bptt_steps = bptt_steps

    def size(self, split: str) -> int:
        """Number of windows; the words behind the last whole one are in none."""
        # Deviation D26: windows of the whole text, each with no state before it.
        return (self._texts[split].shape[0] - 1) // self._window(split)

    def batch(self, split: str, indices: tf.Tensor) -> Batch:
        """The windows of the numbers `indices` [B]."""
        steps = self._window(split)
        places = indices[:, None] * steps + tf.range(steps + 1)
        words = tf.gather(self._texts[split], places)
        return Batch(words[:, :-1], words[:, 1:])

    def _window(self, split: str) -> int:
        """Words in a window; all of a text that is shorter than one."""
        return min(self._bptt_steps, self._texts[split].shape[0] - 1)

    def loss(self, output: ChildOutput, batch: Batch) -> tf.Tensor:
        """Mean cross-entropy of a word, [], and the child's own penalty.

        Where a child answers with losses, the mean of what these say is trained.
        """
        if output.losses is not None:
            return tf.reduce_mean(output.losses.trained(batch.targets)) + output.penalty
        return tf.reduce_mean(cross_entropies(output, batch)) + output.penalty

    def measured(self, output: ChildOutput, batch: Batch) -> tf.Tensor:
        """[B] float32: nats a word."""
        return tf.reduce_mean(cross_entropies(output, batch), axis=1)

    def log_likelihood(self, output: ChildOutput, batch: Batch) -> tf.Tensor:
        """[B] float32: log probability of a word, nats, the mean of a window."""
        return -self.measured(output, batch)

    def lessons(self, *, batch_size: int, num_epochs: int, seed: int) -> "Passages":
        """The lessons of a training on "train"."""
        rows = stream.fold(self._texts["train"].numpy(), batch_size)
        return Passages(
            rows, bptt_steps=self._bptt_steps, num_epochs=num_epochs, seed=seed
        )


class Passages:
    """Epochs over text in B rows, read from left to right in pieces of random length.

    Reference: enas_lm's child.py; design after Merity et al. 2018, section 5.
    """

    def __init__(
        self, rows: np.ndarray, *, bptt_steps: int, num_epochs: int, seed: int
    ):
        """Draws the lengths of all pieces.

        Args:
          rows: ids [B, n] int32.
          bptt_steps: mean length of a piece.
          num_epochs: how many epochs may be asked for.
          seed: the run's.
        """
        self.batch_size = len(rows)
        self._rows = tf.constant(rows)
        self._bptt_steps = bptt_steps
        epochs = [
            bptt.lengths(
                rows.shape[1], bptt_steps, seeds.on_host(seed, "bptt", step=epoch)
            )
            for epoch in range(num_epochs)
        ]
        self._before = np.cumsum([0, *(len(lengths) for lengths in epochs)])
        starts = [np.cumsum(lengths) - lengths for lengths in epochs]
        self._starts = tf.constant(np.concatenate(starts), tf.int32)
        self._lengths = tf.constant(np.concatenate(epochs), tf.int32)

    def steps_before(self, epoch: int) -> int:
        """The number of the first step of `epoch`; epochs differ in length."""
        return int(self._before[epoch])

    def shared(self, first: tf.Tensor) -> tuple[()]:
        """Nothing is shared."""
        return ()

    def lesson(self, step: tf.Tensor, shared: tuple[()]) -> Lesson[Batch]:
        """The piece of `step`; the learning rate is in proportion to its length."""
        start, length = self._starts[step], self._lengths[step]
        words = self._rows[:, start : start + length + 1]
        scale = tf.cast(length, tf.float32) / self._bptt_steps
        return Lesson(Batch(words[:, :-1], words[:, 1:]), scale, tf.equal(start, 0))


def cross_entropies(output: ChildOutput, batch: Batch) -> tf.Tensor:
    """-log P of each next word, [B, T]; of a sampled softmax's training, about it."""
    if output.losses is not None:
        return output.losses.measured(batch.targets)
    return cross_entropy.of_words(batch.targets, output.logits)
