"""The time that kinds of work take, learned from work done, and the time left.

Only for show: no computation depends on it.
"""

from collections.abc import Sequence
from typing import NamedTuple

_MEMORY = 0.9  # the weight of an earlier call beside the last one


class Pace:
    """Seconds per unit of each kind of work.

    Attributes:
      first: by kind, seconds of its first call, in which its graph is built.
      seconds: by kind, seconds per unit; from the second call on.
    """

    def __init__(self) -> None:
        """Nothing is known."""
        self.first: dict[str, float] = {}
        self.seconds: dict[str, float] = {}
        self._sums: dict[str, tuple[float, float]] = {}

    def note(self, kind: str, units: int, seconds: float) -> None:
        """Learn from a call that did `units` of `kind`."""
        if kind not in self.first:
            self.first[kind] = seconds
            return
        old_units, old_seconds = self._sums.get(kind, (0.0, 0.0))
        sums = old_units * _MEMORY + units, old_seconds * _MEMORY + seconds
        self._sums[kind] = sums
        self.seconds[kind] = max(sums[1] / sums[0], 1e-6)


class Work(NamedTuple):
    """One kind of work of a stage.

    Attributes:
      kind: as `Pace` knows it.
      done: units done so far.
      total: units of the whole stage.
      guess: seconds per unit, where that is not known yet.
      building: seconds of the first call, where it has not been made yet.
    """

    kind: str
    done: int
    total: int
    guess: float
    building: float = 0.0


class Forecast(NamedTuple):
    """A stage in seconds: the work done, and the work left."""

    done: float
    left: float


def forecast(works: Sequence[Work], pace: Pace) -> Forecast:
    """The cost of `works` at the pace so far: of the units done, of those left."""
    done = left = 0.0
    for work in works:
        seconds = pace.seconds.get(work.kind, work.guess)
        done += work.done * seconds
        left += (work.total - work.done) * seconds
        if work.kind not in pace.first and work.done < work.total:
            left += work.building
    return Forecast(done, left)


class Announced:
    """The last forecast that the user has read, and whether it still holds."""

    def __init__(self, *, share: float = 0.3, seconds: float = 10.0):
        """Nothing is announced yet. An end that moves is news by the larger of the two.

        Args:
          share: of the seconds left that were announced.
          seconds: at least so many.
        """
        self._share = share
        self._seconds = seconds
        self._said: float | None = None
        self._end = 0.0

    def is_news(self, left: float, now: float) -> bool:
        """Whether to say that `left` seconds remain at the time `now`; notes it if so.

        The first time is news, and then an end that differs by much from the last one.
        """
        end = now + left
        moved = abs(end - self._end)
        said = self._said
        if said is not None and moved < max(self._seconds, self._share * said):
            return False
        self._said, self._end = left, end
        return True
