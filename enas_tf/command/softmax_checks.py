"""Refuses cutoffs of an adaptive softmax that cannot be right with any text."""

import re

from enas_tf.config import sections as config_lib
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.config.sections import ConfigError

_NUMBER = re.compile("[1-9][0-9]{0,7}")


def check(rnn: RnnChildConfig) -> None:
    """Refuse --child_softmax_cutoffs that are not whole numbers, rising.

    Raises:
      ConfigError: as above.
    """
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
