"""How many units it takes to see a difference: in four campaigns of five, at 5 %.

Student's t of a true difference has a non-central distribution (Cohen 1988,
"Statistical Power Analysis for the Behavioral Sciences", section 2.5). The difference
and the deviations are taken as they were measured, so a number that follows is rough.
"""

from collections.abc import Callable

import numpy as np
import scipy.stats

from enas_tf.campaign import interval

POWER = 0.8
MOST = 10_000  # units; beyond it nobody will go


def unpaired(
    difference: float, ours: np.ndarray, theirs: np.ndarray
) -> tuple[int, int] | None:
    """Units of each method that would show it, in the present proportion.

    Args:
      difference: that is to be seen.
      ours: [n], the means of n units, at least 2.
      theirs: [m], the same of the other method.

    Returns:
      Of ours and of theirs; None where more than `MOST` of either would be needed.
    """
    n, m = len(ours), len(theirs)
    variances = float(ours.var(ddof=1)), float(theirs.var(ddof=1))

    def counts(units: int) -> tuple[int, int]:
        return units, max(2, -(-units * m // n))

    def shows(units: int) -> bool:
        ours_now, theirs_now = counts(units)
        errors = variances[0] / ours_now, variances[1] / theirs_now
        degrees = interval.freedom(*errors, ours_now, theirs_now)
        return _power(difference, sum(errors), float(degrees)) >= POWER

    found = _least(shows)
    return None if found is None or max(counts(found)) > MOST else counts(found)


def paired(difference: float, differences: np.ndarray) -> int | None:
    """Units that would show it; None where that is more than `MOST`.

    Args:
      difference: that is to be seen.
      differences: [n], one of each unit, at least 2.
    """
    variance = float(differences.var(ddof=1))
    return _least(
        lambda units: _power(difference, variance / units, units - 1) >= POWER
    )


def _power(difference: float, squared_error: float, degrees: float) -> float:
    """How often the interval is clear of zero, on the side of the difference."""
    quantile = scipy.stats.t.ppf(0.5 + interval.CONFIDENCE / 2, degrees)
    away = abs(difference) / np.sqrt(squared_error)
    return float(scipy.stats.nct.sf(quantile, degrees, away))


def _least(shows: Callable[[int], bool]) -> int | None:
    """The least number of units, from 2 on, that `shows`; by halving."""
    low, high = 1, 2
    while not shows(high):
        low, high = high, 2 * high
        if low >= MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if shows(middle) else (middle, high)
    return high if high <= MOST else None
