"""Times a few units of a kind of work, and says what many of them take."""

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from enas_tf.run.outlook import Sample, Span

CHUNK_SECONDS = 0.25  # of a timed call: what a call costs by itself weighs little then
MOST_CALLS = 24
MARGIN = 0.2  # at least so far from what is expected; set by misses of the demos
TAILS = (10, 90)  # percentiles of the timed calls, the ends of the interval


class Timed(NamedTuple):
    """A kind of work, timed.

    Attributes:
      first: seconds of the first unit, in which a graph is built.
      each: seconds a unit, of each later call; never empty.
      units: in all calls.
    """

    first: float
    each: tuple[float, ...]
    units: int

    @property
    def mean(self) -> float:
        """Seconds a unit, the first apart."""
        return statistics.mean(self.each)

    @property
    def sample(self) -> Sample:
        """What it rests on."""
        return Sample(self.units, self.mean)

    @property
    def building(self) -> float:
        """Seconds of the first unit beyond those of a later one."""
        return max(0.0, self.first - self.mean)

    def span(self, units: float) -> Span:
        """Seconds of so many units, without building."""
        low, high = np.percentile(self.each, TAILS)
        near, far = (1 - MARGIN) * self.mean, (1 + MARGIN) * self.mean
        found = min(low, near), self.mean, max(high, far)
        return Span(*(float(units * seconds) for seconds in found))

    def whole(self, units: float) -> Span:
        """The same, and building."""
        return self.span(units).plus(once(self.building)) if units else self.span(0)


def once(seconds: float) -> Span:
    """Of what was done whole."""
    return Span((1 - MARGIN) * seconds, seconds, (1 + MARGIN) * seconds)


def some(do: Callable[[int], None], *, most: int, seconds: float) -> Timed:
    """Do some units of a kind of work.

    Args:
      do: does so many of them.
      most: how many there are to do, at least 1.
      seconds: that it may take about, building apart.
    """
    first = _seconds(do, 1)
    if most == 1:
        return Timed(first, (first,), 1)
    each, done, began = [_seconds(do, 1)], 2, time.monotonic()
    chunk = max(1, int(CHUNK_SECONDS / max(each[0], 1e-6)))
    while done < most and len(each) < MOST_CALLS:
        if time.monotonic() - began > seconds:
            break
        units = min(chunk, most - done)
        each.append(_seconds(do, units) / units)
        done += units
    return Timed(first, tuple(each[1:] or each), done)


def _seconds(do: Callable[[int], None], units: int) -> float:
    began = time.monotonic()
    do(units)
    return time.monotonic() - began
