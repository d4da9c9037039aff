"""The words of a language model: vectors that go in, scores that come out.

The problem: with 100,000 words nearly all of a training step is the product of the
states with every word, though a text has a few hundred words in a step.

The idea: whoever runs a cell asks a lexicon for both ends, and a lexicon may answer a
training with the losses of the words that did follow (`WordLosses`) instead of scores
of all of them. `Tied` is the published one; `nn/adaptive.py` is a tree of words, and
`nn/sampled.py` gives the losses of `Tied` from a sample of the words.

Not for the cell in between, which is in `nn/recurrent.py`.
"""

import dataclasses
from collections.abc import Mapping
from typing import Protocol

import tensorflow as tf

from enas_tf.nn import recurrent
from enas_tf.nn.parameters import Weight

Weights = Mapping[str, tf.Tensor]  # those of a lexicon, by name; others may be in it


class WordLosses(Protocol):
    """The losses of the words that followed, from states that are known already.

    `targets`, [B, T] int32, are these words.
    """

    def trained(self, targets: tf.Tensor) -> tf.Tensor:
        """What training lowers, [B, T] float32."""

    def measured(self, targets: tf.Tensor) -> tf.Tensor:
        """-ln P of each word, [B, T] float32; of a sample, an estimate of it."""


class Lexicon(Protocol):
    """The V words of a model of H units."""

    def weights(self, init_range: float) -> list[Weight]:
        """Its weights, uniform between minus and plus `init_range` at first."""

    def vectors(
        self,
        words: tf.Tensor,
        weights: Weights,
        like: tf.Tensor,
        dropout: recurrent.Dropout,
    ) -> tf.Tensor:
        """The vectors of `words` [B, T], [B, T, H]; drops "e" and "i".

        `like`: [B, H], of which only the shape counts, for the mask "i".
        """

    def logits(
        self, states: tf.Tensor, weights: Weights, dropout: recurrent.Dropout
    ) -> tf.Tensor:
        """Scores of every next word, [B, T, V]; drops "o" of the states [B, T, H]."""

    def losses(
        self, states: tf.Tensor, weights: Weights, dropout: recurrent.Dropout
    ) -> WordLosses | None:
        """The exact losses, where these cost less than `logits`; else None."""


@dataclasses.dataclass(frozen=True)
class Tied:
    """Words go in and out by one embedding, [V, H]."""

    vocab_size: int
    hidden_size: int

    def weights(self, init_range: float) -> list[Weight]:
        """The embedding."""
        shape = (self.vocab_size, self.hidden_size)
        return [Weight("embedding", shape, uniform=init_range)]

    def vectors(
        self,
        words: tf.Tensor,
        weights: Weights,
        like: tf.Tensor,
        dropout: recurrent.Dropout,
    ) -> tf.Tensor:
        """Rows of the embedding."""
        return recurrent.embedded(words, weights["embedding"], like, dropout)

    def logits(
        self, states: tf.Tensor, weights: Weights, dropout: recurrent.Dropout
    ) -> tf.Tensor:
        """Products with all rows."""
        return recurrent.word_logits(states, weights["embedding"], dropout)

    def losses(
        self, states: tf.Tensor, weights: Weights, dropout: recurrent.Dropout
    ) -> WordLosses | None:
        """None: each loss needs all scores."""
        return None
