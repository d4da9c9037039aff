"""Language modelling data: the choice of a source.

No TensorFlow here: a source imports it when it is asked, if it needs it.
"""

import dataclasses
import os
from collections import Counter

from enas_tf.config import sections as config_lib
from enas_tf.config.sections import ConfigError
from enas_tf.data.text import content as text_content
from enas_tf.data.text import files as text_files
from enas_tf.data.text import notes as text_notes
from enas_tf.data.text import ptb, python_docs, vocabulary
from enas_tf.data.text import words as words_lib
from enas_tf.data.text.text_data import TextData
from enas_tf.run import lines as lines_lib

DATASETS = ("ptb", "python_docs")


def load(dataset: str, data_path: str = "", vocab_size: int = 0) -> TextData:
    """Read a text into memory.

    Args:
      dataset: one of `DATASETS`; of no account where there is a `data_path`.
      data_path: a folder with three text files, or a text, see `text_files`.
      vocab_size: the number of words to keep, the most frequent ones; 0: the choice of
        `vocabulary.choose`, or `python_docs.VOCAB_SIZE`.

    Raises:
      ConfigError: it is not there, cannot be read or has too few words.
    """
    if data_path:
        place = os.path.abspath(os.path.expanduser(data_path))
        name = lines_lib.quoted(os.path.basename(place))
        return _from_files(name, data_path, vocab_size=vocab_size)
    if dataset == "ptb":
        return _from_files(dataset, ptb.fetch(), vocab_size=vocab_size)
    if dataset == "python_docs":
        size = vocab_size or python_docs.VOCAB_SIZE
        found = encoded(dataset, python_docs.lines(), vocab_size=size)
        return dataclasses.replace(found, notes=(*found.notes, *python_docs.notes()))
    allowed = f"one of {', '.join(DATASETS)}"
    remedy = "Correct --dataset, or name a folder of text files with --data_path."
    raise ConfigError(config_lib.refusal("dataset", dataset, allowed, remedy))


def _from_files(name: str, data_path: str, *, vocab_size: int) -> TextData:
    found = text_files.find(data_path)
    read = {split: text_content.read(path) for split, path in found.paths.items()}
    if whole := found.paths.get(text_files.WHOLE):
        read = text_files.in_three(read[text_files.WHOLE], whole)
    data = encoded(name, read, vocab_size=vocab_size)
    about = text_notes.of_files(name, found, read)
    return dataclasses.replace(data, notes=(*data.notes, *about))


def encoded(name: str, lines: dict[str, list[str]], *, vocab_size: int) -> TextData:
    """The lines of each split as ids, with a vocabulary from training alone.

    Args:
      name: of the text.
      lines: {"train", "valid", "test": lines}.
      vocab_size: as of `load`.
    """
    counts = {split: Counter(words_lib.of_lines(lines[split])) for split in lines}
    held_out = counts["valid"] + counts["test"]
    words, notes = vocabulary.choose(
        counts["train"], held_out, vocab_size=vocab_size, name=name
    )
    ids = {split: vocabulary.encode(lines[split], words) for split in lines}
    made_unknown = bool(set(counts["train"] + held_out) - set(words))
    sizes = text_notes.of_sizes(name, ids, words, made_unknown=made_unknown)
    return TextData(name, **ids, vocabulary=words, notes=(*sizes, *notes))
