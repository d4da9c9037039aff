"""The output of every child, whichever its space."""

from typing import NamedTuple

import tensorflow as tf

from enas_tf.nn.lexicon import WordLosses


class ChildOutput(NamedTuple):
    """A child's answer to one batch.

    Attributes:
      logits: [B, V] float32 (images) or [B, T, V] (language); None where `losses` are.
      state: what a recurrent child carries to its next batch; () where nothing is.
      aux_logits: those of an auxiliary head, in training only.
      penalty: [] float32, a regulariser that the child computes itself.
      losses: of words, where not all V of them were scored.
    """

    logits: tf.Tensor | None
    state: tf.Tensor | tuple[()] = ()
    aux_logits: tf.Tensor | None = None
    penalty: tf.Tensor | float = 0.0
    losses: WordLosses | None = None
