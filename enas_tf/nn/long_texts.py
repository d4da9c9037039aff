"""How likely texts are, whatever their length: they are read in pieces.

The scores of all words of the vocabulary, for every word of a long text, would not fit
into memory. So few columns of a batch are read at a time, with the state carried.
"""

from typing import Any

import tensorflow as tf

WORDS = 512  # in a piece, of all texts together: more are hardly faster
SCORES = 2**24  # in a piece, of all its words: 64 MiB, several times


def log_probabilities(layer: Any, ids: tf.RaggedTensor) -> tf.Tensor:
    """ln P of all ids of each text but its first, which is only read: [B] float32.

    Args:
      layer: an `nn.language.WordModel`.
      ids: [B, (words)] int32; every text has at least one, or none has any.
    """
    starts, counts = tf.cast(ids.row_starts(), tf.int32), num_targets(ids)
    longest = tf.maximum(tf.reduce_max(counts), 0)  # without texts the least int32
    width = _width(tf.shape(counts)[0], longest, layer.vocab_size)

    def piece(column, total, state):
        columns = column + tf.range(width + 1)
        places = starts[:, None] + tf.minimum(columns, counts[:, None])
        words = tf.gather(ids.flat_values, places)
        logits, state = layer(words[:, :-1], state)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(words[:, 1:], logits)
        losses = tf.where(columns[1:] <= counts[:, None], losses, 0.0)
        return column + width, total - _sum(losses), state

    total = tf.zeros_like(counts, tf.float64)  # a float32 would not feel late words
    state = layer.initial_state(tf.shape(counts)[0])
    _, total, _ = tf.while_loop(
        lambda column, *_: column < longest,
        piece,
        (tf.constant(0), total, state),
        parallel_iterations=1,
    )
    return tf.cast(total, tf.float32)


def next_logits(
    layer: Any, ids: tf.Tensor, state: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Scores [B, V] of the word behind all ids, and the state [B, S] there.

    Args:
      layer: an `nn.language.WordModel`.
      ids: [B, T] int32, at least one row and one column.
      state: [B, S], to begin with.
    """
    rows, columns = tf.unstack(tf.shape(ids))
    width = _width(rows, columns, layer.vocab_size)

    def piece(column, _, state):
        logits, state = layer(ids[:, column : column + width], state)
        return column + width, logits[:, -1], state

    _, logits, state = tf.while_loop(
        lambda column, *_: column < columns,
        piece,
        (tf.constant(0), tf.zeros([rows, layer.vocab_size]), state),
        parallel_iterations=1,
    )
    return logits, state


def num_targets(ids: tf.RaggedTensor) -> tf.Tensor:
    """How many ids stand behind the first one of each text, [B] int32."""
    return tf.maximum(tf.cast(ids.row_lengths(), tf.int32) - 1, 0)


def _width(rows: tf.Tensor, longest: tf.Tensor, vocab_size: int) -> tf.Tensor:
    """Columns of a piece, such that all pieces are about as wide; at least 1."""
    words = max(1, min(WORDS, SCORES // vocab_size))
    most = tf.maximum(words // tf.maximum(rows, 1), 1)
    pieces = tf.maximum(-(-longest // most), 1)
    return tf.maximum(-(-longest // pieces), 1)


def _sum(losses: tf.Tensor) -> tf.Tensor:
    return tf.cast(tf.reduce_sum(losses, axis=1), tf.float64)
