"""Ctrl-C and SIGTERM while jobs are at work: heard, and left to whoever asks."""

import contextlib
import signal
from collections.abc import Iterator, Sequence
from types import FrameType

from enas_tf.command import interrupts


@contextlib.contextmanager
def signals(numbers: Sequence[int] = interrupts.NUMBERS) -> Iterator[list[int]]:
    """Those of these `numbers` that come inside, which end nothing by themselves."""
    heard: list[int] = []

    def hear(number: int, frame: FrameType | None) -> None:
        del frame
        heard.append(number)

    try:
        before = {number: signal.signal(number, hear) for number in numbers}
    except ValueError:  # not the main thread, which alone hears signals
        yield heard
        return
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
