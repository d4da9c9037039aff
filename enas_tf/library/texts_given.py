"""Texts that a program has in memory, as a `TextData`: lines, or numbers of words."""

from collections.abc import Collection, Mapping
from typing import TypeVar

import numpy as np

from enas_tf.config.sections import ConfigError, DataConfig
from enas_tf.data import memory
from enas_tf.data.text import load as text_load
from enas_tf.data.text import words as words_lib
from enas_tf.data.text.text_data import TextData
from enas_tf.library import images_given

PartT = TypeVar("PartT", list[str], np.ndarray)
FEWEST = 10  # lines or words of a text of which a tenth is set aside
MOST_WORDS = 10**6  # of a vocabulary, as of --vocab_size
_LISTS = (Collection, np.ndarray)
_SPLITS = dict(train="train", validation="valid", test="test")


def source(given: Mapping[str, object]) -> memory.Source:
    """What makes a `TextData` of `given`, as settings say.

    Args:
      given: {"train", "validation" and "test" as far as they are there}: lists of
        lines, or of numbers of words, all three alike. What is not there is taken from
        the end of training, a tenth of it.

    Raises:
      ConfigError: they are neither, or too short.
    """
    arguments = images_given.ARGUMENTS
    lines = {name: _lines(value, arguments[name]) for name, value in given.items()}
    there = {name: part for name, part in lines.items() if part is not None}
    if len(there) == len(given):
        return _source_of_lines(there)
    if there:
        raise ConfigError(
            "data, validation_data and test_data must be alike: all lists of strings, "
            "or all of numbers of words."
        )
    return _source_of_ids({n: _ids(v, arguments[n]) for n, v in given.items()})


def _source_of_lines(given: Mapping[str, list[str]]) -> memory.Source:
    parts = _in_three(given)

    def load(config: DataConfig) -> TextData:
        lines = {name: list(part) for name, part in parts.items()}
        return text_load.encoded(memory.NAME, lines, vocab_size=config.vocab_size)

    return load


def _source_of_ids(given: Mapping[str, np.ndarray]) -> memory.Source:
    parts = _in_three(given)
    size = 1 + max(int(part.max()) for part in parts.values())
    # The end of a line is a word of every vocabulary here; in ids it may never come.
    words = (*(str(number) for number in range(size)), words_lib.EOS)

    def load(config: DataConfig) -> TextData:
        if config.vocab_size not in (0, size):
            raise ConfigError(
                f"--vocab_size={config.vocab_size} is not allowed: data are numbers "
                f"of {size} words already. Leave --vocab_size out."
            )
        return TextData(
            memory.NAME,
            parts["train"],
            parts["valid"],
            parts["test"],
            vocabulary=words,
        )

    return load


def _in_three(given: Mapping[str, PartT]) -> dict[str, PartT]:
    """By the names of `TextData`: what is missing is the end of training."""
    train, found = given["train"], dict(given)
    for name in ("test", "validation"):
        if name in found:
            continue
        if len(train) < FEWEST:
            raise ConfigError(
                f"data has {len(train)} lines or words: it must have at least "
                f"{FEWEST}, of which a tenth is set aside. Give more, or "
                f"{images_given.ARGUMENTS[name]}."
            )
        cut = len(train) - len(given["train"]) // 10
        train, found[name] = train[:cut], train[cut:]
    found["train"] = train
    return {_SPLITS[name]: part for name, part in found.items()}


def _lines(value: object, argument: str) -> list[str] | None:
    """A list of strings; None if it is one of numbers."""
    if isinstance(value, str | bytes) or not isinstance(value, _LISTS):
        raise _refusal(argument, f"a {type(value).__name__}")
    if not len(value):
        raise _refusal(argument, "nothing in it")
    if nested := [one for one in value if isinstance(one, np.ndarray | list | tuple)]:
        kinds = f"a {type(value).__name__} of {type(nested[0]).__name__}s"
        raise _refusal(argument, f"{kinds} (images are for another space)")
    strings = [one for one in value if isinstance(one, str)]
    if strings and len(strings) < len(value):
        raise _refusal(argument, "strings and others")
    return strings or None


def _ids(value: object, argument: str) -> np.ndarray:
    ids = np.asarray(value)
    if ids.ndim != 1 or ids.dtype.kind not in "iu":
        raise _refusal(argument, f"an array {ids.shape} of {ids.dtype}")
    if ids.min() < 0 or ids.max() >= MOST_WORDS:
        raise _refusal(argument, f"numbers from {ids.min()} to {ids.max()}")
    return ids.astype(np.int32)


def _refusal(argument: str, came: str) -> ConfigError:
    return ConfigError(
        f"{argument} has {came}: it must be a list of strings, a line each, or of "
        f"numbers of words from 0 to {MOST_WORDS - 1}, one after the other."
    )
