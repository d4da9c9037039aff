"""The words that a language model knows, and text as their numbers. NumPy only.

A text is a list of lines; `words.py` parts them into words.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from enas_tf.config import sections as config_lib
from enas_tf.config.sections import ConfigError
from enas_tf.data.text import words as words_lib

UNK = "<unk>"
SMALLEST = 2  # EOS and UNK


class Vocabulary(NamedTuple):
    """All words in alphabetical order, a word's place being its id; lines to log."""

    words: tuple[str, ...]
    notes: tuple[str, ...] = ()


def choose(
    train: Counter[str], held_out: Counter[str], *, vocab_size: int, name: str
) -> Vocabulary:
    """The words to learn; all others are to be read as `UNK`.

    All training words, if that leaves nothing unknown or training itself has `UNK`.
    Else, words that occur once in training are unknown too: without an example, a
    model cannot learn how likely an unknown word is.

    Args:
      train: how often each word occurs in training.
      held_out: the same for validation and test together.
      vocab_size: the number of words to keep, `EOS` and `UNK` among them, the most
        frequent ones; 0: as above.
      name: of the data set, for messages.

    Raises:
      ConfigError: fewer words than `vocab_size`, or no training word to be `UNK`.
    """
    if vocab_size:
        return Vocabulary(_most_frequent(train, held_out, vocab_size, name))
    strangers = held_out.keys() - train.keys()
    if not strangers or UNK in train:
        return Vocabulary(tuple(sorted(train)))
    repeated = {word for word, count in train.items() if count > 1}
    words = tuple(sorted(repeated | {words_lib.EOS, UNK}))
    _check_unknown_is_learned(words, train, held_out, name)
    notes = (
        f"{name}: {len(strangers):,} words of valid / test are not in train,",
        f"so words that occur once in train are {UNK} too (see --vocab_size).",
    )
    return Vocabulary(words, notes)


def encode(lines: Iterable[str], words: tuple[str, ...]) -> np.ndarray:
    """Ids [n] int32 of a text; a word that is not among `words` is `UNK`."""
    ids = {word: number for number, word in enumerate(words)}
    unknown = ids.get(UNK)
    return np.fromiter(
        (ids.get(word, unknown) for word in words_lib.of_lines(lines)), np.int32
    )


def _most_frequent(
    train: Counter[str], held_out: Counter[str], size: int, name: str
) -> tuple[str, ...]:
    """`size` words; of equally frequent ones, the first in the alphabet."""
    if not SMALLEST <= size <= len(train):
        allowed = (
            f"0 or from {SMALLEST} to {len(train)}, the number of different words in "
            f"the training text of {name}"
        )
        raise ConfigError(config_lib.refusal("vocab_size", size, allowed))
    chosen = set(train)
    if size < len(train):
        ranked = sorted(
            chosen - {words_lib.EOS, UNK}, key=lambda word: (-train[word], word)
        )
        chosen = {words_lib.EOS, UNK, *ranked[: size - SMALLEST]}
    words = tuple(sorted(chosen))
    _check_unknown_is_learned(words, train, held_out, name)
    return words


def _check_unknown_is_learned(
    words: tuple[str, ...], train: Counter[str], held_out: Counter[str], name: str
) -> None:
    """Refuse unknown words in validation or test, if training would have none."""
    strangers = sorted(held_out.keys() - set(words))
    if not strangers or UNK in train or train.keys() - set(words):
        return
    raise ConfigError(
        f"{name}: validation and test have words that training lacks "
        f"({len(strangers)}, such as {strangers[0]!r}), and would be {UNK}, of which "
        f"training must have examples, but has none. Set --vocab_size below "
        f"{len(train)}, so that rare words are {UNK}, or add training text."
    )
