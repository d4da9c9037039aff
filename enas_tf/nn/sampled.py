"""Sampled softmax: a training step scores the right words and a few drawn ones.

The problem: the product of the states with every word is most of a training step where
there are many words.

The idea: N words are drawn for a step, frequent ones more often (log-uniform: the word
of place k, from 0, with p = ln((k + 2) / (k + 1)) / ln(V + 1)). Each position's loss is
that of its right word among these. A score is lowered by the log of how often its word
is expected among the drawn ones, and a drawn word that is the right one counts once: so
what is learned, with any N, are the scores of the whole vocabulary. Drawn are N
different words, those whose exponential clocks (of rate p) ring first; rung by the time
of the one behind, tau, has each word with 1 - exp(-p tau).

Where N is V at least, all words are there, each is expected once, and the loss is that
of the whole softmax.

Not for an answer: evaluations and exports score all words. Nor for a vocabulary in
another order than that of frequency (`data/text/by_frequency.py`).

Reference: Jean et al. 2015; Bengio and Senecal 2008.
"""

import math
from typing import NamedTuple

import tensorflow as tf

from enas_tf.nn import precision, recurrent, seeds

# Folded into the seed of a minibatch, far from the places of `recurrent.DROPPED`.
SAMPLE = 100


class Sample(NamedTuple):
    """Words that were drawn for a step.

    Attributes:
      words: [N] int32, each once.
      log_counts: [V] float32, the log of how often each word is expected among them.
    """

    words: tf.Tensor
    log_counts: tf.Tensor


def drawn(vocab_size: int, count: int, seed: tf.Tensor) -> Sample:
    """`count` words of V, or all of them; a function of `seed` [2] alone."""
    if count >= vocab_size:
        return Sample(tf.range(vocab_size), tf.zeros([vocab_size]))
    shares = log_uniform(vocab_size)
    draws = tf.random.stateless_uniform([vocab_size], seed)
    clocks = -tf.math.log1p(-draws) / shares
    first, words = tf.math.top_k(-clocks, count + 1)
    expected = -tf.math.expm1(first[count] * shares)  # first[count] is -tau
    return Sample(words[:count], tf.math.log(expected))


def log_uniform(vocab_size: int) -> tf.Tensor:
    """The share of each place, [V] float32; their sum is 1."""
    places = tf.range(1, vocab_size + 1, dtype=tf.float32)
    return tf.math.log1p(1.0 / places) / math.log(vocab_size + 1)


class SampledLosses:
    """The losses of words among drawn ones; a `WordLosses`."""

    def __init__(
        self,
        states: tf.Tensor,
        embedding: tf.Tensor,
        dropout: recurrent.Dropout,
        sample: Sample,
    ):
        """Scores the drawn words.

        Args:
          states: [B, T, H].
          embedding: [V, H].
          dropout: drops "o" of the states.
          sample: of this step.
        """
        self._outputs = recurrent.dropped_outputs(states, dropout)
        self._embedding = embedding
        self._sample = sample
        rows = tf.gather(embedding, sample.words)
        # [B, T, N], less the log of how often each is expected.
        self._drawn = precision.lowered(recurrent.by_rows, self._outputs, rows)
        self._drawn -= tf.gather(sample.log_counts, sample.words)

    def trained(self, targets: tf.Tensor) -> tf.Tensor:
        """The loss of each right word among the drawn ones and itself, [B, T]."""
        own = self._own(targets) - tf.gather(self._sample.log_counts, targets)
        return self._among(targets, own) - own

    def measured(self, targets: tf.Tensor) -> tf.Tensor:
        """-ln P, [B, T], with an estimate of the sum over all words.

        The drawn words stand for the others, so the sum is right on average and its
        logarithm a little too small.
        """
        own = self._own(targets)
        return self._among(targets, own) - own

    def _own(self, targets: tf.Tensor) -> tf.Tensor:
        """The scores of the right words, [B, T]."""
        return tf.reduce_sum(self._outputs * tf.gather(self._embedding, targets), -1)

    def _among(self, targets: tf.Tensor, own: tf.Tensor) -> tf.Tensor:
        """ln of the sum of exp over the right word and the other drawn ones, [B, T]."""
        hits = tf.equal(targets[..., tf.newaxis], self._sample.words)
        others = tf.where(hits, self._drawn.dtype.min, self._drawn)
        return tf.reduce_logsumexp(tf.concat([own[..., tf.newaxis], others], -1), -1)


def losses(
    states: tf.Tensor,
    embedding: tf.Tensor,
    dropout: recurrent.Dropout,
    *,
    count: int,
    seed: tf.Tensor,
) -> SampledLosses:
    """Those of a minibatch of seed `seed` [2], among `count` drawn words."""
    own = seeds.fold(seed, SAMPLE)
    sample = drawn(embedding.shape[0], count, own)
    return SampledLosses(states, embedding, dropout, sample)
