"""Acts before the memory of the machine has come to its end.

Linux gives memory away that it does not have, and then kills a process without a word,
which need not be the one that took it.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator

from enas_tf.machine import free_memory

EVERY = 0.05  # seconds between two looks


@contextlib.contextmanager
def watched(least: int, act: Callable[[], None]) -> Iterator[None]:
    """Inside, `act` is called once, by another thread, if memory gets short.

    Args:
      least: bytes that are to stay free.
      act: what is done where they are not.
    """
    done = threading.Event()

    def look() -> None:
        while not done.wait(EVERY):
            free = free_memory.available()
            if free is not None and free < least:
                act()
                return

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
