"""Refuses settings of a softmax that cannot be right with any text."""

import re

from enas_tf.config import sections as config_lib
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.config.sections import Config, ConfigError

_NUMBER = re.compile("[1-9][0-9]{0,7}")


def check(config: Config) -> None:
    """Refuse wrong cutoffs, and a tree of words that XLA is to compile.

    Raises:
      ConfigError: as above.
    """
    _check_cutoffs(config.rnn)
    if config.rnn.softmax == "adaptive" and config.loop.jit_compile:
        raise ConfigError(
            "--jit_compile is not allowed with --child_softmax=adaptive: how many "
            "words are of a cluster is known only when they are read, and XLA needs "
            "to know before. Leave it out, or use --child_softmax=sampled."
        )


def _check_cutoffs(rnn: RnnChildConfig) -> None:
    words = rnn.softmax_cutoffs.split(",")
    numbers = [int(word) for word in words if _NUMBER.fullmatch(word)]
    rising = all(a < b for a, b in zip(numbers, numbers[1:], strict=False))
    if len(numbers) < len(words) or not rising:
        allowed = (
            "whole numbers from 1 up, each larger than the one before, with commas "
            "between them, such as 2000,10000"
        )
        raise ConfigError(
            config_lib.refusal("child_softmax_cutoffs", rnn.softmax_cutoffs, allowed)
        )
