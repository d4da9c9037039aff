"""Lines on a text, for a user to read before a model is trained on it."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from enas_tf.data.text import files as text_files
from enas_tf.data.text import names as text_names
from enas_tf.data.text import repeats as text_repeats
from enas_tf.data.text import vocabulary
from enas_tf.data.text import words as words_lib

LEFT_OUT = 10  # names that are listed
_MARK = re.compile(r"<[^<>]+>|\[[^\[\]]+\]")  # no words, but marks in a text


def of_sizes(
    name: str,
    ids: Mapping[str, np.ndarray],
    words: tuple[str, ...],
    *,
    made_unknown: bool,
) -> tuple[str, ...]:
    """The number of words, and of those that the model does not know.

    Args:
      name: of the data set.
      ids: [n] int32 of each split.
      words: the word of each id.
      made_unknown: whether there are unknown words that are none in the files.
    """
    sizes = " / ".join(f"{len(ids[split]):,}" for split in text_files.SPLITS)
    lines = [
        f"{name}: {sizes} words in train / valid / test",
        f"{name}: vocabulary of {len(words):,}; {_unknown(ids, words)}",
    ]
    if made_unknown:
        lines.append("Perplexities of different vocabularies cannot be compared.")
    return tuple(lines)


def of_files(
    name: str, found: text_files.Found, lines: Mapping[str, list[str]]
) -> tuple[str, ...]:
    """The cut of one file, files left out, repeated texts, places of `EOS`."""
    notes = []
    if text_files.WHOLE in found.paths:
        counts = " / ".join(f"{len(lines[split]):,}" for split in text_files.SPLITS)
        notes.append(f"{name}: one text, cut in order: {counts} lines of it")
    if found.left_out:
        listed = text_names.listed(found.left_out, LEFT_OUT)
        notes.append(f"{name}: left out: {listed}")
    notes += text_repeats.notes(name, lines)
    every = list(itertools.chain(*lines.values()))
    return (*notes, *_ends(name, every), *_other_ends(name, every))


def _unknown(ids: Mapping[str, np.ndarray], words: tuple[str, ...]) -> str:
    if vocabulary.UNK not in words:
        return f"no {vocabulary.UNK}"
    unknown = words.index(vocabulary.UNK)
    shares = [np.mean(ids[split] == unknown) for split in text_files.SPLITS]
    shown = " / ".join(f"{share:.1%}" for share in shares)
    return f"{vocabulary.UNK}: {shown} of the words"


def _ends(name: str, lines: list[str]) -> list[str]:
    """A note on a text that has `EOS` itself."""
    eos = words_lib.EOS
    count = Counter(
        place for line in lines if eos in line for place in _places(line.split())
    )
    said = dict(
        last=f"lines that end with {eos} and get no other",
        first=f"lines that begin with {eos}, which doubles it",
        inside=f"lines with {eos} inside, which is kept",
    )
    return [
        f"{name}: {said[place]}: {count[place]:,} of {len(lines):,}"
        for place in said
        if count[place]
    ]


def _other_ends(name: str, lines: list[str]) -> list[str]:
    """A mark like </s> at most ends of lines, behind which `EOS` is no news."""
    last = Counter(word for line in lines for word in line.rsplit(None, 1)[-1:])
    word, count = last.most_common(1)[0]
    is_other = _MARK.fullmatch(word) and word not in (words_lib.EOS, vocabulary.UNK)
    if not is_other or 2 * count <= last.total():
        return []
    return [
        f"{name}: lines that end with {word}: {count:,} of {len(lines):,}; an",
        f"{words_lib.EOS} follows each and is foreseen, so perplexities are low.",
        f"To have that of the text alone, write {words_lib.EOS} for {word}.",
    ]


def _places(words: list[str]) -> Iterator[str]:
    """Where in a line `EOS` stands: last, first, inside."""
    if words[-1] == words_lib.EOS:
        yield "last"
    if len(words) > 1 and words[0] == words_lib.EOS:
        yield "first"
    if words_lib.EOS in words[1:-1]:
        yield "inside"
