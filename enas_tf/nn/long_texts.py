"""Scores of texts of any length by a language model.

The problem: whoever serves a model sends texts of any length. Scores of all V words of
the vocabulary for every word of a long text would not fit into memory.

The idea: a batch is read from left to right in pieces of a few columns, in a loop that
carries the state and the sums. A piece is as wide as a bound on its scores allows. The
answer is that of reading the whole at once, up to rounding.

Not for training, whose pieces have lengths of their own (`data/text/bptt.py`), nor for
the perplexity of a test text, which is one stream (`training/stream_loss.py`).
"""

import tensorflow as tf

from enas_tf.nn.language import WordModel

WORDS = 512  # in a piece, over all rows: more are hardly faster
SCORES = 2**24  # in a piece, words x V: 64 MiB, of which there are a few copies


def log_probabilities(layer: WordModel, ids: tf.RaggedTensor) -> tf.Tensor:
    """ln P of all ids of each text behind its first one, [B] float32.

    Args:
      layer: the model.
      ids: [B, (words)] int32; every text has at least one, or none has any.
    """
    starts, counts = tf.cast(ids.row_starts(), tf.int32), num_targets(ids)
    longest = tf.maximum(tf.reduce_max(counts), 0)  # without texts the least int32
    width = _width(tf.shape(counts)[0], longest, layer.vocab_size)

    def piece(
        column: tf.Tensor, total: tf.Tensor, state: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        columns = column + tf.range(width + 1)
        # [B, width + 1]: a text that has ended goes on with its last word, which the
        # weights below leave out.
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
    layer: WordModel, ids: tf.Tensor, state: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Scores of the word behind all ids.

    Args:
      layer: the model.
      ids: [B, T] int32, at least one row and one column.
      state: [B, S], to begin with.

    Returns:
      Logits [B, V], and the state behind the last id, [B, S].
    """
    rows, columns = tf.unstack(tf.shape(ids))
    width = _width(rows, columns, layer.vocab_size)

    def piece(
        column: tf.Tensor, _: tf.Tensor, state: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
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
    """Number of ids behind the first one of each text, [B] int32."""
    return tf.maximum(tf.cast(ids.row_lengths(), tf.int32) - 1, 0)


def _width(rows: tf.Tensor, longest: tf.Tensor, vocab_size: int) -> tf.Tensor:
    """Columns of a piece, [] int32, at least 1.

    Args:
      rows: texts in the batch.
      longest: columns of the longest one.
      vocab_size: V.
    """
    words = max(1, min(WORDS, SCORES // vocab_size))
    most = tf.maximum(words // tf.maximum(rows, 1), 1)
    # As few pieces as will do, and all about as wide: the last one is read whole, too.
    pieces = tf.maximum(-(-longest // most), 1)
    return tf.maximum(-(-longest // pieces), 1)


def _sum(losses: tf.Tensor) -> tf.Tensor:
    return tf.cast(tf.reduce_sum(losses, axis=1), tf.float64)
