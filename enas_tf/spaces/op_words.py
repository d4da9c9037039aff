"""Arcs written with the names of ops in place of their numbers.

The problem: the number of an op is its place in a list, and a run may have a list of
its own (--child_ops). Integers of one run would mean other ops in another run, and
nobody would see it. A name means the same op everywhere, or is missing.
"""

import re
from collections.abc import Sequence

_NAME = re.compile("[a-z][a-z0-9_]*")


def words_of(text: str) -> list[str]:
    """The words of an arc; `|` and `,` are spaces."""
    return text.replace("|", " ").replace(",", " ").split()


def are_named(text: str) -> bool:
    """Whether some word of `text` may be the name of an op."""
    return any(map(_NAME.fullmatch, words_of(text)))


def may_be_arc(words: Sequence[str]) -> bool:
    """Whether each word is an integer or may be the name of an op."""
    return bool(words) and all(w.isdecimal() or _NAME.fullmatch(w) for w in words)


def named(words: Sequence[str], ops: Sequence[str], are_ops: Sequence[bool]) -> str:
    """The words of an arc with names in place of the numbers of ops.

    Args:
      words: integers, [T], in the written order.
      ops: names by number.
      are_ops: which of the words are the number of an op.
    """
    pairs = zip(words, are_ops, strict=True)
    return " ".join(ops[int(word)] if is_op else word for word, is_op in pairs)


def numbered(text: str, ops: Sequence[str], are_ops: Sequence[bool]) -> str:
    """`text`, with numbers in place of the names where all its ops are names.

    Anything else is given back as it came, for `base.integers` to look at.

    Args:
      text: an arc.
      ops: names by number.
      are_ops: [T], which words of an arc of this size are ops.

    Raises:
      ValueError: a name that is not among `ops`.
    """
    words = words_of(text)
    if len(words) != len(are_ops) or not any(are_ops):
        return text
    names = [word for word, is_op in zip(words, are_ops, strict=True) if is_op]
    if not all(map(_NAME.fullmatch, names)):
        return text
    if missing := [name for name in dict.fromkeys(names) if name not in ops]:
        raise ValueError(
            f"{missing[0]!r} is not a whole number of 0 or more and none of the ops to "
            f"choose from, {', '.join(ops)}; missing: {', '.join(missing)}"
        )
    pairs = zip(words, are_ops, strict=True)
    return " ".join(str(ops.index(w)) if is_op else w for w, is_op in pairs)
