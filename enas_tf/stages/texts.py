"""Texts, ready for a stage."""

import functools

from absl import logging

from enas_tf.config import Config, DataConfig
from enas_tf.data import text, text_fits
from enas_tf.tasks.language_model import LanguageModel


@functools.lru_cache(maxsize=1)
def _read(config: DataConfig) -> text.TextData:
    """Kept, because `--mode=all` needs the same text twice."""
    data = text.load(config.dataset, config.data_path, config.vocab_size)
    for note in data.notes:
        logging.info("%s", note)
    return data


def search_data(config: Config) -> tuple[text.TextData, LanguageModel]:
    """The text, and the task on it, of a search or a training.

    Raises:
      ConfigError: the text cannot be had, or does not fit.
    """
    data = _read(config.data)
    sizes = dict(bptt=config.rnn.bptt_steps)
    text_fits.check_fits(data, batch_size=config.loop.batch_size, **sizes)
    texts = dict(train=data.train, valid=data.valid)
    if config.loop.search_eval_test:
        texts["test"] = data.test
    return data, LanguageModel(texts, bptt_steps=config.rnn.bptt_steps)
