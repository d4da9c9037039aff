"""Times of a call on a device whose kernels are compiled when they are first used."""

import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np

from enas_tf.benchmark import timing

BLOCKS = 5
BLOCK_SECONDS = 0.1
MOST_STEPS = 20  # of a block
ALIKE = 0.05  # two calls in a row that differ by less are steady
PATIENCE = 12.0  # seconds after which times count although they are not steady


class NotFinite(RuntimeError):
    """The loss is no number: a trainer leaves the steps behind it out."""


def warmed(call: Callable[[], object]) -> float:
    """Call until two calls in a row take as long; the seconds of the last one."""
    began, before = time.perf_counter(), 0.0
    while True:
        start = time.perf_counter()
        result = call()
        now = time.perf_counter()
        if isinstance(result, np.ndarray) and not np.isfinite(result).all():
            raise NotFinite("the loss is not finite, so there is no time to tell")
        took = now - start
        if abs(took - before) <= ALIKE * took or now - began > PATIENCE:
            return took
        before = took


def milliseconds(
    calls: Callable[[int], Callable[[], object]], *, blocks: int = BLOCKS
) -> list[float]:
    """Of a step, in each block of as many as fill `BLOCK_SECONDS`.

    `calls(n)` is a call of n steps that waits for their end.
    """
    seconds = warmed(calls(1))
    count = max(1, min(MOST_STEPS, int(BLOCK_SECONDS / seconds)))
    block = calls(count)
    times = timing.alternate(dict(block=block), blocks=blocks)["block"]
    return [1e3 * wall / count for wall in times.wall]


def once(call: Callable[[], object], *, blocks: int = BLOCKS) -> list[float]:
    """Milliseconds of a call that does one of something and waits for its end."""

    def calls(count: int) -> Callable[[], object]:
        return call if count == 1 else lambda: [call() for _ in range(count)]

    return milliseconds(calls, blocks=blocks)


def spread(name: str, rows: Sequence[Sequence[float]]) -> dict[str, float]:
    """Figures of `rows`, the milliseconds of the blocks of each arc.

    The median and the quartiles are of all blocks; `_lowest` and `_highest` are medians
    of arcs.
    """
    pooled = [value for row in rows for value in row]
    low, high = np.percentile(pooled, (25, 75))
    medians = [statistics.median(row) for row in rows]
    found = {
        f"{name}_ms": statistics.median(pooled),
        f"{name}_ms_q1": float(low),
        f"{name}_ms_q3": float(high),
    }
    if len(rows) > 1:
        found |= {
            f"{name}_ms_lowest": min(medians),
            f"{name}_ms_highest": max(medians),
        }
    return found
