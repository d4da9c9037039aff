"""The cycles of a cosine learning rate with warm restarts, each longer than the last.

Pure arithmetic: the rate of an epoch is in training/schedules.py.
"""

from collections.abc import Iterator
from typing import NamedTuple


class Cycle(NamedTuple):
    """The first epoch of a cycle, counted from 0, and how many it has."""

    begin: int
    length: int

    @property
    def end(self) -> int:
        """How many epochs there are by its end, where the rate is lowest."""
        return self.begin + self.length

    def share(self, epoch: int) -> float:
        """How far `epoch` is in the cycle, from 0: the further, the lower the rate."""
        return (epoch - self.begin) / self.length


def cycles(first: int, factor: int) -> Iterator[Cycle]:
    """All of them, without end: `first` epochs, then `factor` times as many, ..."""
    cycle = Cycle(0, first)
    while True:
        yield cycle
        cycle = Cycle(cycle.end, cycle.length * factor)


def cycle_of(epoch: int, *, first: int, factor: int) -> Cycle:
    """The cycle that `epoch`, counted from 0, is in."""
    return next(cycle for cycle in cycles(first, factor) if epoch < cycle.end)
