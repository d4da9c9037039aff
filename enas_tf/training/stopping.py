"""Ctrl-C and SIGTERM: a stage ends at its next good moment, or at once at the second.

Python handles a signal between two of its instructions, and a call into TensorFlow is
one instruction that may take a minute. So the handler only notes the signal. A thread
that the signal wakes says what happens next while the call still runs.
"""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

NUMBERS = (signal.SIGINT, signal.SIGTERM)
# The end of a moment in which a graph is traced and optimised.
BUILDING = "whose graph is being built (this can take a minute)"
_GRACE = 1.0  # seconds for Python to end by itself after a second signal


class Interrupted(Exception):
    """Ctrl-C or SIGTERM arrived, and what has been done so far is kept."""

    def __init__(self, number: int):
        """An end by one signal.

        Args:
          number: of the signal.
        """
        super().__init__(f"signal {number}")
        self.number = number


class Stop:
    """Whether the stage is to stop.

    Attributes:
      number: of the signal that came, 0 before.
      moment: when a stage that is told to stop now will, in words; whoever works says.
      ends_process: whether a second signal may end the process while TensorFlow is at
        work; not that of a program which only called this one.
    """

    def __init__(self) -> None:
        """Nobody has asked to stop."""
        self.number = 0
        self.moment = ""
        self.ends_process = True
        self._ended = threading.Event()

    def check(self) -> None:
        """This is a good moment.

        Raises:
          Interrupted: a signal came.
        """
        if self.number:
            raise Interrupted(self.number)

    @contextlib.contextmanager
    def listening(self, say: Callable[[str], None]) -> Iterator[None]:
        """Inside, the first signal is noted and `say` is told; a second one ends.

        Outside the main thread signals stay as they are.
        """
        try:
            before = {n: signal.signal(n, self._on_signal) for n in NUMBERS}
        except ValueError:  # not the main thread
            yield
            return
        try:
            with self._woken(say):
                yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self.number:
            raise KeyboardInterrupt
        self.number = number

    @contextlib.contextmanager
    def _woken(self, say: Callable[[str], None]) -> Iterator[None]:
        """A thread reads the number of each signal as it comes."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        earlier = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        self._ended.clear()
        thread = threading.Thread(target=self._watch, args=(reader, say), daemon=True)
        thread.start()
        try:
            yield
        finally:
            signal.set_wakeup_fd(earlier)
            self._ended.set()
            os.close(writer)
            thread.join()
            os.close(reader)

    def _watch(self, reader: int, say: Callable[[str], None]) -> None:
        came = 0
        while byte := os.read(reader, 1):
            if byte[0] not in NUMBERS:
                continue
            came += 1
            if came == 1:
                say(f"Stopping {self.moment}." if self.moment else "Stopping.")
            elif self.ends_process and not self._ended.wait(_GRACE):
                # Python has not got to its handler: it waits for TensorFlow. What lies
                # on the disk is whole; nothing would be gained by unwinding.
                say("Stopped at once; the last checkpoint is kept.")
                os._exit(128 + byte[0])
