"""The interval of a difference between two groups of arcs that met the same examples.

Both the arcs and the examples are samples. A policy that has narrowed to one arc has no
noise of arcs left, but still that of the examples; an interval over arcs alone
(Welch's) then covers the truth far too seldom. So both are resampled. Pure NumPy and
SciPy.
"""

from typing import NamedTuple

import numpy as np

CONFIDENCE = 0.95
REPLICATES = 2000
REPLICATES_AT_ONCE = 100  # bounds the memory: so many rows as long as the examples


class Interval(NamedTuple):
    """The bounds of a difference, with `CONFIDENCE`."""

    low: float
    high: float


def of_difference(
    ours: np.ndarray, theirs: np.ndarray, rng: np.random.Generator
) -> Interval:
    """The interval of mean(ours) - mean(theirs).

    Resampling arcs and examples together counts the noise of single (arc, example)
    pairs three times (Owen 2007, "The pigeonhole bootstrap", section 3). Either alone
    counts it once, so twice the sum of their variances less that of both together
    counts it once as well (as Cameron, Gelbach and Miller 2011 do for errors that are
    clustered in two ways). The quantile is Student's: few arcs know little of their
    own spread.

    Args:
      ours: [N, n], N arcs on n examples.
      theirs: [M, n], M arcs on the same examples.
      rng: draws the replicates.
    """
    from scipy import stats  # takes a third of a second; needed at the end

    difference = float(ours.mean() - theirs.mean())
    spread = _variances(ours, theirs, rng)
    both = 2.0 * (spread.arcs + spread.examples) - spread.together
    variance = max(both, spread.arcs, spread.examples)
    freedom = max(1, min(*ours.shape, len(theirs)) - 1)
    quantile = stats.t.ppf(0.5 + CONFIDENCE / 2.0, freedom)
    reach = float(quantile * np.sqrt(variance))
    return Interval(difference - reach, difference + reach)


class _Variances(NamedTuple):
    """Of the difference where arcs, examples, or both are drawn anew."""

    arcs: float
    examples: float
    together: float


def _variances(
    ours: np.ndarray, theirs: np.ndarray, rng: np.random.Generator
) -> _Variances:
    differences = np.concatenate(
        [
            _replicates(ours, theirs, rng, REPLICATES_AT_ONCE)
            for _ in range(REPLICATES // REPLICATES_AT_ONCE)
        ],
        axis=1,
    )
    return _Variances(*differences.var(axis=1, ddof=1).tolist())


def _replicates(
    ours: np.ndarray, theirs: np.ndarray, rng: np.random.Generator, count: int
) -> np.ndarray:
    """[3, count]: differences with arcs, examples, or both drawn anew."""
    examples = _shares(ours.shape[1], rng, count)
    # [count, n]: the difference at each example, of arcs drawn anew.
    of_arcs = _shares(len(ours), rng, count) @ ours
    of_arcs -= _shares(len(theirs), rng, count) @ theirs
    as_they_are = ours.mean(axis=0) - theirs.mean(axis=0)
    return np.stack(
        [
            of_arcs.mean(axis=1),
            examples @ as_they_are,
            (of_arcs * examples).sum(axis=1),
        ]
    )


def _shares(size: int, rng: np.random.Generator, count: int) -> np.ndarray:
    """[count, size]: how often each of `size` is among as many draws, over `size`."""
    return rng.multinomial(size, np.full(size, 1.0 / size), count) / size
