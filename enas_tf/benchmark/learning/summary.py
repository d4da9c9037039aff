"""Means over seeds, with intervals."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.stats

CONFIDENCE = 0.95


class Mean(NamedTuple):
    """A mean over seeds and its interval; of one seed both bounds are the mean."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        """`92.41 (92.30 to 92.52)`."""
        return f"{self.mean:.2f} ({self.low:.2f} to {self.high:.2f})"


def over_seeds(values: Sequence[float]) -> Mean:
    """The mean of `values` and its 95 % interval, by Student's t."""
    mean = float(np.mean(values))
    if len(values) < 2:
        return Mean(mean, mean, mean)
    quantile = scipy.stats.t.ppf(0.5 + CONFIDENCE / 2.0, len(values) - 1)
    reach = float(quantile * scipy.stats.sem(values))
    return Mean(mean, mean - reach, mean + reach)
