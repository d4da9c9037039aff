"""Many pictures one after the other, in threads where that pays."""

import contextlib
import os
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent import futures
from typing import TypeVar

T = TypeVar("T")

PROBE = 8  # pictures that are read before it is decided on threads
WORTH_A_THREAD = 3e-3  # seconds
CHUNK = 16  # pictures that a thread reads before it looks for more


def each(read: Callable[[int], T], count: int) -> list[T]:
    """`read(0)`, `read(1)`, ...; the first error in that order is raised.

    In threads, if the first few take so long that it pays: of a small picture most is
    Python's work, of which there is one at a time.
    """

    def chunk(start: int) -> list[T]:
        return [read(number) for number in range(start, min(start + CHUNK, count))]

    with _quiet():
        began = time.monotonic()
        results = [read(number) for number in range(min(PROBE, count))]
        starts = range(len(results), count, CHUNK)
        if time.monotonic() - began < PROBE * WORTH_A_THREAD:
            return results + [result for start in starts for result in chunk(start)]
        with futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            return results + [one for part in pool.map(chunk, starts) for one in part]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Silences Pillow's warnings of odd notes in pictures that it reads whole."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        yield
