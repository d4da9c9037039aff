"""Arguments of a call that are no settings: what they may be, each in one line."""

import operator
import os
from typing import SupportsFloat, SupportsIndex

import numpy as np

from enas_tf.config.sections import ConfigError

MOST = 1e6  # of a reward, either way: its square is exact enough in float32


def folder(value: object) -> str | os.PathLike:
    """An `output_dir`.

    Raises:
      ConfigError: it is no string and no path, or empty.
    """
    if isinstance(value, str | os.PathLike) and os.fspath(value):
        return value
    raise ConfigError(
        f"output_dir={value!r} is not allowed: it must be the path of a folder, a "
        "string or a pathlib.Path."
    )


def count(value: SupportsIndex) -> int:
    """A number of rewards.

    Raises:
      ConfigError: it is no whole number from 1 up.
    """
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if whole and (found := operator.index(value)) >= 1:
        return found
    raise ConfigError(
        f"count={value!r} is not allowed: it must be a whole number from 1 up, that of "
        "rewards in all."
    )


def reward(value: SupportsFloat) -> float:
    """A reward as a float: of Python, NumPy or TensorFlow.

    Raises:
      ConfigError: it is no finite number, or one of more than `MOST`.
    """
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        found = float("nan")
    if isinstance(value, bool | np.bool_) or not np.isfinite(found):
        raise ConfigError(
            f"The reward {value!r} is not allowed: it must be a finite number. Tell a "
            "low one for an arc that failed."
        )
    if abs(found) > MOST:
        raise ConfigError(
            f"The reward {value!r} is not allowed: it must be from {-MOST:,.0f} to "
            f"{MOST:,.0f}. Scale what you tell: all rewards of a search by one factor."
        )
    return found
