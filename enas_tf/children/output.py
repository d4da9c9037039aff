"""The output of every child, whichever its space."""

from typing import NamedTuple

import tensorflow as tf


class ChildOutput(NamedTuple):
    """A child's answer to one batch.

    Attributes:
      logits: [B, V] float32 (images) or [B, T, V] (language).
      state: what a recurrent child carries to its next batch; () where nothing is.
      aux_logits: those of an auxiliary head, in training only.
      penalty: [] float32, a regulariser that the child computes itself.
    """

    logits: tf.Tensor
    state: tf.Tensor | tuple[()] = ()
    aux_logits: tf.Tensor | None = None
    penalty: tf.Tensor | float = 0.0
