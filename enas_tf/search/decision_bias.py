"""Logits of each decision that no other decision shares.

The problem: the LSTM ties all decisions of an arc together. What moves the op of one
layer moves those of all others, and a few hundred updates do not take that apart.

The idea: beside the LSTM's logits each decision of the tape has numbers of its own, one
for each choice, which are added to its bounded logits. They begin at zero, so that the
policy begins as without them, and have a learning rate of their own. Not for long
searches with a large rate: the policy narrows before it has seen enough.
"""

from collections.abc import Sequence

import tensorflow as tf

from enas_tf.spaces import base


def count(decisions: Sequence[base.Decision]) -> int:
    """How many numbers the decisions have in all."""
    return sum(map(_size, decisions))


def split(vector: tf.Tensor, decisions: Sequence[base.Decision]) -> list[tf.Tensor]:
    """What is added to the logits of each decision.

    Args:
      vector: [`count(decisions)`] float32.
      decisions: of a tape, in order.

    Returns:
      [choices] of an op or an index; of skips [width, 2], (no, yes): a number is added
      to yes and taken from no.
    """
    parts = tf.split(vector, list(map(_size, decisions)))
    return [
        tf.stack([-part, part], axis=1) if isinstance(decision, base.Skips) else part
        for decision, part in zip(decisions, parts, strict=True)
    ]


def _size(decision: base.Decision) -> int:
    if isinstance(decision, base.Skips):
        return decision.width
    return decision.choices
