"""Means over seeds, with intervals."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.stats

CONFIDENCE = 0.95


class Mean(NamedTuple):
    """A mean over seeds and its interval; of one seed there is none: no numbers."""

    mean: float
    low: float = math.nan
    high: float = math.nan

    @property
    def has_interval(self) -> bool:
        """Whether it is of more than one seed."""
        return not math.isnan(self.low)

    def __str__(self) -> str:
        """`92.41 (92.30 to 92.52)`, or `92.41` of one seed."""
        if not self.has_interval:
            return f"{self.mean:.2f}"
        return f"{self.mean:.2f} ({self.low:.2f} to {self.high:.2f})"


def over_seeds(values: Sequence[float], *, least: float = -math.inf) -> Mean:
    """The mean of `values` and its 95 % interval, by Student's t.

    Args:
      values: one a seed.
      least: that a value can be; the interval is cut there.
    """
    mean = float(np.mean(values))
    if len(values) < 2:
        return Mean(mean)
    quantile = scipy.stats.t.ppf(0.5 + CONFIDENCE / 2.0, len(values) - 1)
    reach = float(quantile * scipy.stats.sem(values))
    return Mean(mean, max(mean - reach, least), mean + reach)
