"""Carries a counter forward in calls of a few seconds: logs, saves, and can be stopped.

How the steps are cut into calls has no effect on what they compute.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from enas_tf.run import progress
from enas_tf.run.report import Report
from enas_tf.training import pace as pace_lib
from enas_tf.training import stopping

CALL_SECONDS = 5.0  # about the longest wait between Ctrl-C and the checkpoint
FIRST_CALLS = (1, 4)  # steps of a counter's first calls: one traces, one is timed


# Whole numbers of this worker to those of the first one, and the largest of all.
Agreed = Callable[[Sequence[int]], tuple[list[int], list[int]]]


class Saves(Protocol):
    """Keeps a position and the variables beside it: `run.checkpoint.Checkpoint`.

    Attributes:
      position: counter name to value.
    """

    position: dict[str, int]

    def save(self) -> None:
        """Keep all as it is now."""

    def restore(self) -> bool:
        """Go to what was kept last; False if nothing ever was."""


class Driver:
    """Advances the counters of a stage's position.

    `restore` comes first, if at all; then, inside of `stoppable`, any calls of
    `advance` and `save`.

    Attributes:
      position: {counter: steps done}, the checkpoint's own.
      pace: how long calls take.
      stop: whether the stage is to end, see `stoppable`.
      log_every: steps between two calls of `log`.
    """

    def __init__(
        self,
        checkpoint: Saves,
        report: Report,
        *,
        log_every: int,
        checkpoint_every: int,
    ):
        """Nothing is done or restored yet.

        Args:
          checkpoint: saves the stage, and holds its position.
          report: shows the progress and the messages.
          log_every: steps between two calls of `log`.
          checkpoint_every: steps between two checkpoints of `advance`; 0: none.
        """
        self.position = checkpoint.position
        self.pace = pace_lib.Pace()
        self.stop = stopping.Stop()
        self.log_every = log_every
        self._checkpoint = checkpoint
        self._report = report
        self._checkpoint_every = checkpoint_every
        self._agreed: Agreed | None = None
        self._calls: dict[str, int] = {}
        self._unsaved = False

    def go_with_others(self, agreed: Agreed) -> None:
        """Cut calls, and stop, where other workers of the same command do."""
        self._agreed = agreed

    @property
    def has_stepped(self) -> bool:
        """Whether anything was done since the position was restored."""
        return bool(self._calls)

    @property
    def seconds_per_step(self) -> dict[str, float]:
        """By counter, once its second call has been timed."""
        return self.pace.seconds

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
          Interrupted: after the running call.
        """
        while (first := self.position[counter]) < last:
            end = self._agreed_end(self._end_of_call(counter, first, last))
            self.stop.moment = self._moment(counter, end - first)
            began = time.monotonic()
            call(first, end)
            self.position[counter], self._unsaved = end, True
            self._learn(counter, end - first, time.monotonic() - began, timed)
            if end == last or end % self.log_every == 0:
                log(end)
            self._report.advance(end - first)
            if not self._agreed:
                self.stop.check()
            if self._checkpoint_every and end % self._checkpoint_every == 0:
                self.save()

    def save(self) -> None:
        """Write a checkpoint now, behind all that was reported on the way to it.

        Raises:
          NotFinite: a weight is not finite; the last checkpoint stays.
        """
        self._report.flush()
        self._checkpoint.save()
        self._unsaved = False

    def restore(self) -> bool:
        """Go to the last checkpoint, if there is one."""
        return self._checkpoint.restore()

    @contextlib.contextmanager
    def stoppable(self) -> Iterator[None]:
        """Inside, Ctrl-C and SIGTERM wait for a good moment; a second one does not.

        Good moments are the ends of the calls of `advance`, the end of the block, and
        wherever `stop.check` is called in it.

        Raises:
          Interrupted: a signal came; all that was done is in a checkpoint.
        """
        with self.stop.listening(self._report.message):
            try:
                yield
                self.stop.check()
            except stopping.Interrupted:
                if self._unsaved:
                    self.save()
                raise

    def _moment(self, counter: str, steps: int) -> str:
        """The next moment at which the call can be stopped, in words."""
        if not self._calls.get(counter):
            return f"after the first step, {stopping.BUILDING}"
        seconds = steps * self.seconds_per_step.get(counter, CALL_SECONDS / steps)
        return f"after this call (about {progress.duration(max(1.0, seconds))})"

    def _end_of_call(self, counter: str, first: int, last: int) -> int:
        calls = self._calls.get(counter, 0)
        if calls < len(FIRST_CALLS):
            length = FIRST_CALLS[calls]
        else:
            length = max(1, int(CALL_SECONDS / self.seconds_per_step[counter]))
        ends = [last, first + length, _next_multiple(first, self.log_every)]
        if self._checkpoint_every:
            ends.append(_next_multiple(first, self._checkpoint_every))
        return min(ends)

    def _agreed_end(self, end: int) -> int:
        """Where the call ends that begins now.

        Raises:
          Interrupted: one of several workers is told to stop.
        """
        if not self._agreed:
            return end
        (end, _), (_, self.stop.number) = self._agreed([end, self.stop.number])
        self.stop.check()
        return end

    def _learn(
        self, counter: str, steps: int, seconds: float, timed: Callable[[], None]
    ) -> None:
        """Time a call; the first one, which traces, tells nothing of the next."""
        self.pace.note(counter, steps, seconds)
        calls = self._calls[counter] = self._calls.get(counter, 0) + 1
        if calls == len(FIRST_CALLS):
            timed()


def _next_multiple(number: int, period: int) -> int:
    return (number // period + 1) * period
