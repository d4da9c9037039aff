"""Carries a counter forward in calls of a few seconds: logs, saves, and can be stopped.

How the steps are cut into calls has no effect on what they compute.
"""

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

from absl import logging

from enas_tf.training.checkpoint import Checkpoint

CALL_SECONDS = 5.0  # about the longest wait between Ctrl-C and the checkpoint
FIRST_CALLS = (1, 4)  # steps of a counter's first calls: one traces, one is timed


class Interrupted(Exception):
    """Ctrl-C or SIGTERM arrived and a checkpoint was written."""

    def __init__(self, number: int):
        """Args: the signal's number."""
        super().__init__(f"signal {number}")
        self.number = number


class NotFinite(ArithmeticError):
    """A loss is not a number; the message says where."""


class Driver:
    """Advances the counters of a stage's position."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        report: Any,
        *,
        log_every: int,
        checkpoint_every: int,
    ):
        """Args: what saves and holds the position, what shows; periods in steps."""
        self.position = checkpoint.position
        self.seconds_per_step: dict[str, float] = {}
        self._checkpoint = checkpoint
        self._report = report
        self._log_every = log_every
        self._checkpoint_every = checkpoint_every
        self._calls: dict[str, int] = {}
        self._signal = 0

    def advance(
        self,
        counter: str,
        last: int,
        call: Callable[[int, int], None],
        *,
        log: Callable[[int], None],
        timed: Callable[[], None],
    ) -> None:
        """Bring `counter` to `last`.

        Args:
          counter: a name in the position.
          last: where to stop.
          call: does the steps [first, end).
          log: called with `end` every `log_every` steps and at `last`.
          timed: called once, when `seconds_per_step[counter]` is first known.

        Raises:
          Interrupted: after the running call, with a checkpoint written.
        """
        while (first := self.position[counter]) < last:
            end = self._end_of_call(counter, first, last)
            began = time.monotonic()
            call(first, end)
            self._learn(counter, (time.monotonic() - began) / (end - first), timed)
            self.position[counter] = end
            if end == last or end % self._log_every == 0:
                log(end)
            self._report.advance(end - first)
            self._save_or_stop(end)

    def save(self) -> None:
        """Write a checkpoint now."""
        self._checkpoint.save()

    def restore(self) -> bool:
        """Go to the last checkpoint, if there is one."""
        return self._checkpoint.restore()

    @contextlib.contextmanager
    def stoppable(self) -> Iterator[None]:
        """Inside, Ctrl-C and SIGTERM wait for the running call; a second one does not.

        Outside the main thread signals stay as they are.

        Raises:
          Interrupted: a signal came after the last call.
        """
        numbers = (signal.SIGINT, signal.SIGTERM)
        try:
            before = {n: signal.signal(n, self._on_signal) for n in numbers}
        except ValueError:  # not the main thread
            before = {}
        try:
            yield
            if self._signal:
                self._stop()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: Any) -> None:
        del frame
        if self._signal:
            raise KeyboardInterrupt
        self._signal = number
        logging.info("Stopping after this call (about %.0f s).", CALL_SECONDS)

    def _end_of_call(self, counter: str, first: int, last: int) -> int:
        calls = self._calls.get(counter, 0)
        if calls < len(FIRST_CALLS):
            length = FIRST_CALLS[calls]
        else:
            length = max(1, int(CALL_SECONDS / self.seconds_per_step[counter]))
        ends = [last, first + length, _next_multiple(first, self._log_every)]
        if self._checkpoint_every:
            ends.append(_next_multiple(first, self._checkpoint_every))
        return min(ends)

    def _learn(self, counter: str, seconds: float, timed: Callable[[], None]) -> None:
        """Time a call; the first one, which traces, tells nothing."""
        calls = self._calls[counter] = self._calls.get(counter, 0) + 1
        if calls == 1:
            return
        self.seconds_per_step[counter] = max(seconds, 1e-6)
        if calls == len(FIRST_CALLS):
            timed()

    def _save_or_stop(self, end: int) -> None:
        if self._signal:
            self._stop()
        if self._checkpoint_every and end % self._checkpoint_every == 0:
            self.save()

    def _stop(self) -> None:
        self.save()
        raise Interrupted(self._signal)


def _next_multiple(number: int, period: int) -> int:
    return (number // period + 1) * period
