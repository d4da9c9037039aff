"""The rule of `words.py` as operations of a graph, for a SavedModel.

No Python runs in a SavedModel, and `tf.strings.split` knows only white space of ASCII.
"""

import tensorflow as tf

from enas_tf.data.text import words

_SPACE = f"[{words.SPACES}]"
_BREAK = "\n"


def of_texts(texts: tf.Tensor) -> tf.RaggedTensor:
    """[B] strings -> [B, (1 + words)] strings, each text behind a `words.EOS`."""
    lines = tf.strings.split(_spaced(texts), sep=_BREAK)
    ended = tf.strings.regex_replace(lines.flat_values, f"(^| ){words.EOS}$", "")
    ended = lines.with_flat_values(ended + f" {words.EOS}")
    joined = tf.strings.reduce_join(ended, axis=-1, separator=" ")
    # In front of the text, since joining rows of words afterwards is slow and noisy.
    return tf.strings.split(f"{words.EOS} " + joined)


def _spaced(texts: tf.Tensor) -> tf.Tensor:
    """`_BREAK` between two lines, one space between two words, nothing around them."""
    texts = tf.strings.regex_replace(texts, f"^{_SPACE}+|{_SPACE}+$", "")
    texts = tf.strings.regex_replace(texts, "\r\n|\r", _BREAK)
    inside = _SPACE.replace(_BREAK, "")
    texts = tf.strings.regex_replace(texts, f"{inside}+", " ")
    return tf.strings.regex_replace(texts, f" ?{_BREAK} ?", _BREAK)
