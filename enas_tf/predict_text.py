"""What an exported language model says about text files.

Files are read and checked before TensorFlow is imported, and nothing but the export is
needed.
"""

import pathlib
from typing import Any, NamedTuple

import numpy as np

from enas_tf import exported
from enas_tf.config import ConfigError
from enas_tf.data import text_content, vocabulary
from enas_tf.data import words as words_lib

LINES_PER_CALL = 64


class Answer(NamedTuple):
    """How likely a file is: its words, ends of lines included, and their perplexity."""

    path: pathlib.Path
    num_words: int
    log_probability: float
    perplexity: float


def predict(final_folder: pathlib.Path, input_path: pathlib.Path) -> list[Answer]:
    """Score a text file, or every *.txt in a folder and the folders below it.

    Each line is scored by itself.

    Args:
      final_folder: what `export_text.export` wrote.
      input_path: a file, whatever its name, or a folder.

    Raises:
      ConfigError: no export there, no text there, or one that cannot be read.
    """
    texts = {file: text_content.read(str(file), "input") for file in _files(input_path)}
    exported.restore(final_folder)
    served, score = _load(final_folder / exported.SAVED_MODEL)
    words = _vocabulary(final_folder)
    for file, lines in texts.items():
        _refuse_unknown(file, lines, words)
    answers = [_answer(file, lines, score) for file, lines in texts.items()]
    del served  # it had to live as long as its signature
    return answers


def _refuse_unknown(file: pathlib.Path, lines: list[str], words: set[str]) -> None:
    """A model that has no word for the unknown has no answer to one."""
    if vocabulary.UNK in words:
        return
    strangers = sorted(set(words_lib.of_lines(lines)) - words)
    if strangers:
        raise ConfigError(
            f"--input: {file} has {strangers[0]!r} (and {len(strangers) - 1} other "
            "words) that the model does not know: every word must be in its "
            f"{exported.VOCABULARY_FILE}. Train on text with {vocabulary.UNK}, or with "
            "a smaller --vocab_size."
        )


def _vocabulary(final_folder: pathlib.Path) -> set[str]:
    file = final_folder / exported.VOCABULARY_FILE
    try:
        return set(file.read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError):
        raise _no_export(final_folder) from None


def _answer(file: pathlib.Path, lines: list[str], score: Any) -> Answer:
    total, words = 0.0, 0
    for first in range(0, len(lines), LINES_PER_CALL):
        found = score(texts=np.array(lines[first : first + LINES_PER_CALL]))
        total += float(found["log_probability"].numpy().sum(dtype=np.float64))
        words += int(found["num_words"].numpy().sum())
    return Answer(file, words, total, float(np.exp(-total / words)))


def _files(path: pathlib.Path) -> list[pathlib.Path]:
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.rglob("*.txt") if file.is_file())
    if not found:
        raise ConfigError(
            f"--input={path} holds no text: it must be a text file or a folder with "
            "files that end in .txt. Name another one."
        )
    return found


def _load(folder: pathlib.Path) -> tuple[Any, Any]:
    """The saved model, which must stay alive, and its signature."""
    import tensorflow as tf  # seconds, so not before the files are known to be good

    try:
        served = tf.saved_model.load(str(folder))
        return served, served.signatures["score"]
    except (OSError, KeyError, tf.errors.OpError):
        raise _no_export(folder.parent) from None


def _no_export(folder: pathlib.Path) -> ConfigError:
    return ConfigError(
        f"{folder} holds no complete exported language model (saved_model/, "
        f"{exported.VOCABULARY_FILE}). Train one with --mode=train, or write it with "
        "--mode=export."
    )
