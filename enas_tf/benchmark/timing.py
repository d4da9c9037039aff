"""Several things timed in turns, so that what else the machine does hits all alike."""

import functools
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import tqdm

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
    timed = {name: functools.partial(_timed, call) for name, call in things.items()}
    return turns(timed, blocks=blocks)


def turns(
    things: Mapping[str, Callable[[], tuple[float, float]]], *, blocks: int
) -> dict[str, Times]:
    """`alternate`, of things that say themselves how long they took.

    In seconds, by the clock and of CPU: of things that other processes do.
    """
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in things}
    for block in _shown(range(-WARM_UP, blocks), things):
        backwards = block > 0 and block % 2
        names = list(things)[::-1] if backwards else list(things)
        for name in names:
            now = things[name]()
            if block >= 0:
                seconds[name].append(now)
    return {
        name: Times(*map(tuple, zip(*pairs, strict=True)))
        for name, pairs in seconds.items()
    }


def _timed(thing: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    thing()
    return time.perf_counter() - wall, time.process_time() - cpu


def _shown(rounds: range, things: Mapping[str, object]) -> Iterable[int]:
    """The rounds, with a bar on a terminal that says how long they still take."""
    # disable=None: no bar where nobody looks.
    return tqdm.tqdm(rounds, desc=", ".join(things), disable=None, leave=False)


def ratio(one: Times, other: Times) -> float:
    """CPU time of `one` over that of `other`: the median over their blocks."""
    pairs = zip(one.cpu, other.cpu, strict=True)
    return statistics.median(mine / theirs for mine, theirs in pairs)
