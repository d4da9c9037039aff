"""Ctrl-C and SIGTERM while modules are imported or Ray begins: the program ends."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from absl import logging

NUMBERS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """What a signal's handler raises inside leaves as it was raised.

    An extension module whose import it ends gives an ImportError in its place, and a
    module that tries another import after a failed one gives nothing.
    """
    raised: list[BaseException] = []
    try:
        before = {number: _noting(number, raised) for number in NUMBERS}
    except ValueError:  # not the main thread, which alone hears signals
        yield
        return
    try:
        yield
    except BaseException:
        if not raised:
            raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if raised:
        raise raised[0]


@contextlib.contextmanager
def terminating() -> Iterator[None]:
    """SIGTERM raises SystemExit inside, so that what is inside is put away.

    Where somebody hears SIGTERM already, and in threads, all stays as it is.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    except SystemExit as end:
        if end.code == 128 + signal.SIGTERM:
            logging.info("Stopped.")
        raise
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _terminate(number: int, frame: FrameType | None) -> None:
    del frame
    raise SystemExit(128 + number)


def _noting(
    number: int, raised: list[BaseException]
) -> Callable[[int, FrameType | None], Any] | int | None:
    """Has `raised` told what the handler of `number` raises; the handler as it was."""
    before = signal.getsignal(number)

    def note(number: int, frame: FrameType | None) -> None:
        assert callable(before)
        try:
            before(number, frame)
        except BaseException as end:
            raised.append(end)
            raise

    if callable(before):
        signal.signal(number, note)
    return before
