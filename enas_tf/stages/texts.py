"""Texts, ready for a stage."""

import functools
from collections.abc import Callable

from absl import logging

from enas_tf.config.sections import Config, DataConfig
from enas_tf.data import memory
from enas_tf.data.text import by_frequency
from enas_tf.data.text import fits as text_fits
from enas_tf.data.text import load as text
from enas_tf.data.text.text_data import TextData
from enas_tf.tasks.language_model import LanguageModel


@functools.lru_cache(maxsize=1)
def _read(config: DataConfig, source: memory.Source | None) -> TextData:
    """Cached, because `--mode=all` needs the same text twice."""
    if source:
        data = source(config)
    else:
        data = text.load(config.dataset, config.data_path, config.vocab_size)
    for note in data.notes:
        logging.info("%s", note)
    return data


def search_data(config: Config) -> tuple[TextData, LanguageModel]:
    """The text, and the task on it, of a search.

    Raises:
      ConfigError: the text cannot be had, or does not fit.
    """
    return _data(config, text_fits.check_search)


def training_data(config: Config) -> tuple[TextData, LanguageModel]:
    """The same of the training of one model.

    Raises:
      ConfigError: as above.
    """
    return _data(config, text_fits.check_training)


def _data(config: Config, check: Callable[..., None]) -> tuple[TextData, LanguageModel]:
    data = _read(config.data, memory.source(config.data))
    bptt = config.rnn.bptt_steps
    check(data, batch_size=config.loop.batch_size, bptt=bptt)
    if config.rnn.softmax == "adaptive":
        text_fits.check_cutoffs(data, config.rnn.softmax_cutoffs)
    if config.rnn.by_frequency:
        data = by_frequency.ordered(data)
    texts = dict(train=data.train, valid=data.valid)
    if config.loop.search_eval_test:
        texts["test"] = data.test
    return data, LanguageModel(texts, bptt_steps=bptt)
