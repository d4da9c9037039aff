"""An exported language model's answers to text files.

Files are read and checked before TensorFlow is imported, and nothing but the export is
needed.
"""

import os
import pathlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from enas_tf.config.sections import ConfigError
from enas_tf.data.text import content as text_content
from enas_tf.data.text import names as text_names
from enas_tf.data.text import vocabulary
from enas_tf.data.text import words as words_lib
from enas_tf.export import answering, formats, inputs, reading, text_scores
from enas_tf.export.text_scores import Score, Scores
from enas_tf.run import layout
from enas_tf.run import lines as lines_lib

LINES_PER_CALL = 64
SIGNATURE = "score"
SIGNS_PER_CALL = 2**16  # as if all lines were as long as the longest


class Answer(NamedTuple):
    """How likely a file is: its words, ends of lines included, and their perplexity."""

    path: pathlib.Path
    num_words: int
    log_probability: float

    @property
    def perplexity(self) -> float:
        """Of a word, of one's own line alone."""
        return float(np.exp(-self.log_probability / self.num_words))


def report(
    final: pathlib.Path, source: pathlib.Path, name: str = formats.ASKED
) -> Iterator[str]:
    """A line for each text, one for all together, and how they were read.

    Args as `predict`.
    """
    answers = predict(final, source, name)
    for answer in answers:
        yield _line(lines_lib.quoted(answer.path), answer)
    if len(answers) > 1:
        yield _line(f"All {len(answers)} files", together(source, answers))
    yield "Line by line: nothing is carried from one line to the next. Read as"
    yield "one stream, as by --mode=evaluate, a text mostly has a lower one."


def _line(what: str, answer: Answer) -> str:
    return (
        f"{what}: perplexity {answer.perplexity:.2f} line by line, "
        f"{answer.num_words} words, ln P {answer.log_probability:.2f}"
    )


def predict(
    final_folder: pathlib.Path, input_path: pathlib.Path, name: str = formats.ASKED
) -> list[Answer]:
    """Score a text file, or every text in a folder and the folders below it.

    Each line is scored by itself, whatever its length.

    Args:
      final_folder: what `text.export` wrote.
      input_path: a file, whatever its name, or a folder.
      name: of the format whose file answers.

    Raises:
      ConfigError: no export there, no text there, or one that cannot be read.
    """
    files = inputs.files(input_path, _texts)
    texts = {file: text_content.read(str(file), "input") for file in files}
    folder = reading.refuse_missing(final_folder, layout.VOCABULARY)
    words = _vocabulary(folder)
    for file, lines in texts.items():
        _refuse_unknown(file, lines, words)
    score = _score(final_folder, folder, name, words)
    return [_answer(file, lines, score) for file, lines in texts.items()]


def _score(
    final_folder: pathlib.Path, folder: pathlib.Path, name: str, words: Sequence[str]
) -> Score:
    """What scores lines: a signature, or a file that reads ids of words."""
    if name == formats.ASKED:
        return _saved_model(final_folder)
    return text_scores.of_words(answering.of_user(name, folder), words)


def _saved_model(final_folder: pathlib.Path) -> Score:
    export = reading.load(final_folder, layout.VOCABULARY, SIGNATURE)

    def score(lines: Sequence[str]) -> Scores:
        # As objects: a NumPy array of strings would make all as long as the longest.
        found = export.signature(texts=np.array(lines, object))
        return Scores(found["log_probability"].numpy(), found["num_words"].numpy())

    return score


def together(folder: pathlib.Path, answers: Sequence[Answer]) -> Answer:
    """Of all files of a folder, each word of them counting alike."""
    num_words = sum(answer.num_words for answer in answers)
    return Answer(folder, num_words, sum(answer.log_probability for answer in answers))


def _refuse_unknown(file: pathlib.Path, lines: list[str], words: Sequence[str]) -> None:
    """A model that has no word for the unknown has no answer to one."""
    if vocabulary.UNK in words:
        return
    strangers = sorted(set(words_lib.of_lines(lines)) - set(words))
    if strangers:
        raise ConfigError(
            f"--input: {file} has words that the model does not know "
            f"({len(strangers)}, such as {strangers[0]!r}): every word must be in its "
            f"{layout.VOCABULARY.file}. Train on text with {vocabulary.UNK}, or with "
            "a smaller --vocab_size."
        )


def _vocabulary(final_folder: pathlib.Path) -> list[str]:
    file = final_folder / layout.VOCABULARY.file
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise reading.missing(final_folder, layout.VOCABULARY) from None


def _answer(file: pathlib.Path, lines: list[str], score: Score) -> Answer:
    total, words = 0.0, 0
    for batch in _batches(lines):
        found = score(batch)
        total += float(found.log_probability.sum(dtype=np.float64))
        words += int(found.num_words.sum())
    return Answer(file, words, total)


def _batches(lines: list[str]) -> Iterator[list[str]]:
    """Lines of about a length together: a batch takes as long as its longest one."""
    batch: list[str] = []
    for line in sorted(lines, key=len):
        grown = len(batch) + 1
        if batch and (grown > LINES_PER_CALL or grown * len(line) > SIGNS_PER_CALL):
            yield batch
            batch = []
        batch.append(line)
    yield batch


def _texts(path: pathlib.Path) -> inputs.Found:
    """The texts in a folder and those below it."""
    everything = _files_under(path)
    found = [file for file in everything if text_names.is_text(file.name)]
    rest = [
        str(f.relative_to(path)) for f in everything if not text_names.is_text(f.name)
    ]
    if not found:
        has = f"it has {text_names.listed(rest)}" if rest else "it has no files"
        raise ConfigError(
            f"--input={path} holds no text ({has}): it must be a text file or a folder "
            "with files that end in .txt. Name another one, or unpack what is packed."
        )
    left_out = f"Left out: {text_names.listed(rest)}" if rest else ""
    return inputs.Found(found, left_out)


def _files_under(path: pathlib.Path) -> list[pathlib.Path]:
    """All files in a folder and those below it, but hidden ones."""
    found = []
    for place, folders, names in os.walk(path, onerror=_refuse_unread):
        folders[:] = [name for name in folders if not text_names.is_hidden(name)]
        shown = [name for name in names if not text_names.is_hidden(name)]
        found += [pathlib.Path(place, name) for name in shown]
    return sorted(file for file in found if file.is_file())


def _refuse_unread(error: OSError) -> None:
    raise ConfigError(
        f"--input: cannot read the folder {error.filename} ({error.strerror}): it must "
        "be a folder of text files. Check its permissions, or name another one."
    )
