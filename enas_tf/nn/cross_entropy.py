"""The cross-entropy of words among many, which may go by TensorFlow's softmax.

The problem: TensorFlow's own operation is a slow kernel. With 10,000 words it takes
longer than the product that makes their scores, and makes the gradient even where none
is asked for.

The idea: the softmax has a fast kernel with oneDNN. The greatest share p of a row says
what its scores were divided by, so the loss of a word is the greatest score less its
own less ln p. p is 1 / V at least, so its logarithm is as exact as that of a sum. The
gradient is the softmax times that of the loss, which is taken off at the word.

Not on a GPU, which has a kernel of its own for it; nor within a run that began with the
other form, for the two round differently; nor in what is exported
(`nn/long_texts.py`), which is of TensorFlow's own operations alone.
"""

from collections.abc import Callable

import tensorflow as tf

_form = {"by_softmax": False}


def take_by_softmax(on: bool) -> None:
    """Whether graphs that are traced from now on have losses by the softmax."""
    _form["by_softmax"] = on


def by_softmax() -> bool:
    """Whether graphs that are traced now have losses by the softmax."""
    return _form["by_softmax"]


def of_words(targets: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """-ln P of each word, [...] float32, nats.

    Args:
      targets: [...] int32, the words, each below V.
      logits: [..., V] float32, scores of all words.
    """
    if not by_softmax():
        return tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)
    words = tf.reshape(targets, [-1])
    rows = tf.reshape(logits, [-1, logits.shape[-1]])
    places = tf.stack([tf.range(tf.size(words)), words], axis=1)  # [R, 2]
    return tf.reshape(_by_softmax(rows, places), tf.shape(targets))


def _by_softmax(rows: tf.Tensor, places: tf.Tensor) -> tf.Tensor:
    """The losses, [R], of the scores at `places` [R, 2] of `rows` [R, V]."""

    @tf.custom_gradient
    def losses(rows: tf.Tensor) -> tuple[tf.Tensor, Callable]:
        shares = tf.nn.softmax(rows)

        def gradient(dy: tf.Tensor) -> tf.Tensor:
            # Into the memory of the product, which nothing else reads.
            return tf.tensor_scatter_nd_sub(shares * dy[:, tf.newaxis], places, dy)

        behind = tf.reduce_max(rows, axis=1) - tf.gather_nd(rows, places)
        return behind - tf.math.log(tf.reduce_max(shares, axis=1)), gradient

    return losses(rows)
