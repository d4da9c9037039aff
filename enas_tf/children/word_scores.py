"""How a language model answers: scores of all words, or losses of those that follow."""

from typing import NamedTuple

import tensorflow as tf

from enas_tf.config.rnn import RnnChildConfig
from enas_tf.nn import lexicons, recurrent, sampled
from enas_tf.nn.lexicon import Lexicon, Weights, WordLosses


class WordScores(NamedTuple):
    """The two of `ChildOutput`; one of them is None.

    Attributes:
      logits: [B, T, V] float32.
      losses: in their place.
    """

    logits: tf.Tensor | None
    losses: WordLosses | None


def lexicon(config: RnnChildConfig, vocab_size: int) -> Lexicon:
    """The words of a child."""
    return lexicons.of(vocab_size, config.hidden_size, config.cutoffs(vocab_size))


def answer(
    words: Lexicon,
    config: RnnChildConfig,
    states: tf.Tensor,
    weights: Weights,
    dropout: recurrent.Dropout,
) -> WordScores:
    """The answer to states [B, T, H].

    Args:
      words: of the child.
      config: which softmax, and of how many samples.
      states: of the text.
      weights: of `words`.
      dropout: of the minibatch; one without a seed is none of a training.
    """
    # Deviation D45: with --child_softmax alone; the original scores every word.
    if config.softmax == "sampled" and dropout.seed is not None:
        found = sampled.losses(
            states,
            weights["embedding"],
            dropout,
            count=config.softmax_samples,
            seed=dropout.seed,
        )
        return WordScores(None, found)
    exact = words.losses(states, weights, dropout)
    if exact is not None:
        return WordScores(None, exact)
    return WordScores(words.logits(states, weights, dropout), None)
