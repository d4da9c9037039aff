"""Which lexicon a model has: one embedding, or a tree of words."""

from collections.abc import Sequence

from enas_tf.nn import adaptive, lexicon


def of(
    vocab_size: int, hidden_size: int, cutoffs: Sequence[int] = ()
) -> lexicon.Lexicon:
    """The words of a model.

    Args:
      vocab_size: V.
      hidden_size: H.
      cutoffs: how many words the head of a tree has, and where all its clusters but
        the last end, below V; none: words go in and out by one embedding.
    """
    if cutoffs:
        return adaptive.Tree(hidden_size, (*cutoffs, vocab_size))
    return lexicon.Tied(vocab_size, hidden_size)
