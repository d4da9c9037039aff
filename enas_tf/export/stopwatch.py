"""How long a call takes where nothing disturbs it.

The one clock of exported networks: of those in an export's table, and of those that a
search times for `--reward=latency`. To be called in a process of one thread.
"""

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

WARM_UP = 3  # calls that do not count: the first one plans the graph
FEWEST = 20  # calls that count
# Other programs only make a call slower. So calls go on until the least was met again
# so often, up to so much; but no longer than so many seconds.
MET, WITHIN, SECONDS = 4, 0.03, 2.0


class Timed(NamedTuple):
    """Milliseconds of a call.

    Attributes:
      least: of all calls, the one that nothing disturbed.
      median: of all calls.
    """

    least: float
    median: float


def timed(call: Callable[[], object]) -> Timed:
    """Call it again and again until the least time is believed."""
    for _ in range(WARM_UP):
        call()
    found: list[float] = []
    end = time.perf_counter() + SECONDS
    while not is_settled(found) and (not found or time.perf_counter() < end):
        began = time.perf_counter()
        call()
        found.append(1e3 * (time.perf_counter() - began))
    return Timed(min(found), statistics.median(found))


def is_settled(found: list[float]) -> bool:
    """Whether the least of these times was met often enough to be believed."""
    if len(found) < FEWEST:
        return False
    least = min(found)
    return sum(time <= (1 + WITHIN) * least for time in found) >= MET
