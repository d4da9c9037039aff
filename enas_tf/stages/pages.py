"""When a run's page is written: after each stage, and with --report=live each epoch.

The page is no result: that it cannot be written is told, and costs no run.
"""

from collections.abc import Callable

from absl import logging

from enas_tf.command.request import Request
from enas_tf.config import modes
from enas_tf.config.sections import ConfigError
from enas_tf.run import lines
from enas_tf.run.caller import Listener

LIVE, NO = "live", "no"


def after_stage(request: Request, step: str) -> None:
    """Write the page behind a step of a command, if it ends with a result of a run."""
    mode = modes.MODES[request.mode]
    if mode.sums_up:
        _write(request, ended=step == mode.steps[-1])


def after_epoch(request: Request) -> None:
    """Write it in the course of a stage, if it is to be live."""
    if _asked(request) == LIVE:
        _write(request)


def after_stop(request: Request) -> None:
    """Write a live page once more, which does not load itself any longer."""
    if _asked(request) == LIVE:
        _write(request, ended=True, status="stopped")


class Live:
    """A `Listener` for another one, after which it writes the page of each epoch."""

    def __init__(
        self, listener: Listener, request: Request, done: Callable[[], int]
    ) -> None:
        """Nothing is written yet.

        Args:
          listener: that is told before.
          request: whose run it is.
          done: gives the epochs that are finished when the search begins or goes on;
            of these no page is written.
        """
        self._listener = listener
        self._request = request
        self._done = done
        self._finished = 0

    @property
    def stops(self) -> bool:
        """As the other one says."""
        return self._listener.stops

    def search_begins(self) -> None:
        """The first page, so that it can be opened."""
        self._finished = self._done()
        self._listener.search_begins()
        path = _write(self._request)
        if path:
            logging.info("Open %s: it reloads itself.", path)

    def search_ends(self) -> None:
        """Nothing of its own."""
        self._listener.search_ends()

    def epoch_begins(self, epoch: int) -> None:
        """Nothing of its own."""
        self._listener.epoch_begins(epoch)

    def epoch_ends(self, epoch: int, *, steps: int, updates: int) -> None:
        """The page, unless the epoch is told of again."""
        self._listener.epoch_ends(epoch, steps=steps, updates=updates)
        if epoch >= self._finished:
            after_epoch(self._request)


def listener(request: Request, listener: Listener, done: Callable[[], int]) -> Listener:
    """`listener`, or one that writes pages behind it; see `Live`."""
    return Live(listener, request, done) if _asked(request) == LIVE else listener


def _asked(request: Request) -> str:
    return next(iter(request.begun.values())).run.report


def _write(request: Request, *, ended: bool = False, status: str = "finished") -> str:
    """Where the page was written, as one says it here; "" if it was not."""
    asked = _asked(request)
    if asked == NO:
        return ""
    from enas_tf.page import write  # imports matplotlib; the first step is sooner

    live = asked == LIVE and not ended
    try:
        if ended:
            request.folder.stop_clock()  # the page tells the command's time
        path = write.page(
            request.folder.path, live=live, status=status if ended else ""
        )
    except ConfigError as error:
        logging.warning("There is no page on this run: %s", error)
        return ""
    return lines.shown(path)
