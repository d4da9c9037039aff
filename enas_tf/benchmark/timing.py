"""Several things timed in turns, so that what else the machine does hits all alike."""

import statistics
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

WARM_UP = 2  # calls of each that are not counted: one traces


class Times(NamedTuple):
    """Seconds of each counted block, of one thing."""

    wall: tuple[float, ...]
    cpu: tuple[float, ...]

    @property
    def wall_median(self) -> float:
        """The median block by the clock."""
        return statistics.median(self.wall)

    @property
    def cpu_median(self) -> float:
        """The median block in process CPU time, over all threads."""
        return statistics.median(self.cpu)


def alternate(
    things: Mapping[str, Callable[[], object]], *, blocks: int
) -> dict[str, Times]:
    """Call each in turn, `blocks` times over; every second round goes backwards.

    A thing must wait for its own result: TensorFlow's functions may return earlier.
    """
    for _ in range(WARM_UP):
        for call in things.values():
            call()
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in things}
    for block in range(blocks):
        names = list(things) if block % 2 == 0 else list(things)[::-1]
        for name in names:
            wall, cpu = time.perf_counter(), time.process_time()
            things[name]()
            now = time.perf_counter() - wall, time.process_time() - cpu
            seconds[name].append(now)
    return {
        name: Times(*map(tuple, zip(*pairs, strict=True)))
        for name, pairs in seconds.items()
    }


def ratio(one: Times, other: Times) -> float:
    """CPU time of `one` over that of `other`: the median over their blocks."""
    pairs = zip(one.cpu, other.cpu, strict=True)
    return statistics.median(mine / theirs for mine, theirs in pairs)
