"""Checks that a text is long enough for the settings, before anything is trained."""

import numpy as np

from enas_tf.config import sections as config_lib
from enas_tf.config.sections import ConfigError
from enas_tf.data.text import words
from enas_tf.data.text.text_data import TextData

FEWEST_WORDS = 2  # one to read, and one that follows it


def check_search(data: TextData, *, batch_size: int, bptt: int) -> None:
    """Refuse training or validation that does not make up one batch of windows.

    Only texts that are cut into full batches count: the test may be of any length.

    Args:
      data: the text.
      batch_size: sequences side by side; each needs a word more than it has.
      bptt: words of each that a batch has.

    Raises:
      ConfigError: the first setting that does not fit, or a text without words.
    """
    _check_words(data)
    kind, ids = min(
        ("training", data.train),
        ("validation", data.valid),
        key=lambda text: len(text[1]),
    )
    _check_batch(data.name, kind, len(ids), batch_size=batch_size, bptt=bptt)


def check_training(data: TextData, *, batch_size: int, bptt: int) -> None:
    """The same where one model is trained: held-out texts are read as streams.

    Raises:
      ConfigError: as above.
    """
    _check_words(data)
    _check_batch(
        data.name, "training", len(data.train), batch_size=batch_size, bptt=bptt
    )


def check_cutoffs(data: TextData, cutoffs: str) -> None:
    """Refuse cutoffs of an adaptive softmax of which no word is left for a cluster.

    Raises:
      ConfigError: the first is not below the size of the vocabulary.
    """
    size, first = len(data.vocabulary), cutoffs.split(",")[0]
    if int(first) >= size:
        allowed = f"a first number below {size}, the words of {data.name}"
        remedy = "Lower it, or use --child_softmax=full."
        raise ConfigError(
            config_lib.refusal("child_softmax_cutoffs", cutoffs, allowed, remedy)
        )


def _check_words(data: TextData) -> None:
    texts = dict(training=data.train, validation=data.valid, test=data.test)
    for kind, ids in texts.items():
        if len(ids) < FEWEST_WORDS:
            raise _too_little(data.name, kind, f"too few words ({len(ids)})")
    if np.all(data.train == data.vocabulary.index(words.EOS)):
        raise _too_little(data.name, "training", f"no word but {words.EOS}")


def _too_little(name: str, kind: str, has: str) -> ConfigError:
    return ConfigError(
        f"The {kind} text of {name} has {has}: it must have at least "
        f"{FEWEST_WORDS}. Use more text."
    )


def _check_batch(
    name: str, kind: str, num_words: int, *, batch_size: int, bptt: int
) -> None:
    has = f"since the {kind} text of {name} has {num_words} words"
    if bptt >= num_words:
        allowed = f"at most {num_words - 1}, {has}"
        _refuse("child_bptt_steps", bptt, allowed)
    largest = num_words // (bptt + 1)
    if batch_size > largest:
        allowed = f"at most {largest} where --child_bptt_steps={bptt}, {has}"
        _refuse("batch_size", batch_size, allowed)


def _refuse(flag: str, value: int, allowed: str) -> None:
    remedy = f"Lower --{flag}, or use more text."
    raise ConfigError(config_lib.refusal(flag, value, allowed, remedy))
