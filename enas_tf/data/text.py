"""Language modelling data: what it is once loaded, and where each kind comes from.

No TensorFlow here: a source imports what it needs when it is asked.
"""

import dataclasses
import os
from collections import Counter

import numpy as np

from enas_tf import config as config_lib
from enas_tf.config import ConfigError
from enas_tf.data import ptb, python_docs, text_files, vocabulary

DATASETS = ("ptb", "python_docs")


@dataclasses.dataclass(frozen=True)
class TextData:
    """A text in memory, as numbers of words.

    Attributes:
      name: what the user called it.
      train: [n] int32, what the child learns from in a search.
      valid: [n] int32, what the controller is rewarded on.
      test: [n] int32, seen by evaluations only.
      vocabulary: the word of each id.
      notes: lines that the program should log, such as how many words are unknown.
    """

    name: str
    train: np.ndarray
    valid: np.ndarray
    test: np.ndarray
    vocabulary: tuple[str, ...]
    notes: tuple[str, ...] = ()


def load(dataset: str, data_path: str = "", vocab_size: int = 0) -> TextData:
    """Read a text into memory.

    Args:
      dataset: one of `DATASETS`; of no account where there is a `data_path`.
      data_path: folder with three text files, see `text_files`.
      vocab_size: the number of words to keep, the most frequent ones; 0: the choice of
        `vocabulary.choose`, or `python_docs.VOCAB_SIZE`.

    Raises:
      ConfigError: it is not there, cannot be read or has too few words.
    """
    if data_path:
        name = os.path.basename(os.path.abspath(os.path.expanduser(data_path)))
        return _encoded(name, _read(data_path), vocab_size=vocab_size)
    if dataset == "ptb":
        return _encoded(dataset, _read(ptb.fetch()), vocab_size=vocab_size)
    if dataset == "python_docs":
        size = vocab_size or python_docs.VOCAB_SIZE
        found = _encoded(dataset, python_docs.lines(), vocab_size=size)
        return dataclasses.replace(found, notes=(python_docs.note(), *found.notes))
    allowed = f"one of {', '.join(DATASETS)}"
    remedy = "Correct --dataset, or name a folder of text files with --data_path."
    raise ConfigError(config_lib.refusal("dataset", dataset, allowed, remedy))


def _encoded(name: str, lines: dict[str, list[str]], *, vocab_size: int) -> TextData:
    """The lines of each split as ids, with a vocabulary from training alone."""
    counts = {split: Counter(vocabulary.words_of(lines[split])) for split in lines}
    held_out = counts["valid"] + counts["test"]
    words, notes = vocabulary.choose(
        counts["train"], held_out, vocab_size=vocab_size, name=name
    )
    ids = {split: vocabulary.encode(lines[split], words) for split in lines}
    if set(counts["train"] + held_out) - set(words):
        notes = (*notes, _unknown(name, ids, words))
    return TextData(name, **ids, vocabulary=words, notes=notes)


def _read(folder: str) -> dict[str, list[str]]:
    paths = text_files.find(folder)
    return {split: text_files.read(path) for split, path in paths.items()}


def _unknown(name: str, ids: dict[str, np.ndarray], words: tuple[str, ...]) -> str:
    unknown = words.index(vocabulary.UNK)
    shares = [np.mean(ids[split] == unknown) for split in text_files.SPLITS]
    return (
        f"{name}: of the words in training / validation / test, "
        f"{' / '.join(f'{share:.1%}' for share in shares)} are {vocabulary.UNK}; "
        "perplexities of different vocabularies cannot be compared."
    )
