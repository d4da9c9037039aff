"""Where the lines of a run go while a Python program has called it.

The command's lines are absl's log. A program may have set that up for itself, or not at
all. So the lines get a handler of their own for the time of a call, and the log is as
it was before when the call returns.
"""

import contextlib
import logging as std_logging
import sys
from collections.abc import Callable, Iterator
from typing import TextIO

from absl import logging

from enas_tf.config.sections import ConfigError
from enas_tf.library import root_log, wording
from enas_tf.run import lines

# "auto", "lines", "line", "quiet" or what takes each line; None is "quiet".
Progress = str | Callable[[str], object] | None
NAMES = ("auto", "lines", "line", "quiet")


def checked(progress: Progress) -> Progress:
    """`progress`, with "auto" decided.

    Raises:
      ConfigError: it is none of `NAMES`, and cannot be called.
    """
    if progress is None:
        return "quiet"
    if not callable(progress) and progress not in NAMES:
        raise ConfigError(
            f"progress={progress!r} is not allowed: it must be one of "
            f"{', '.join(NAMES)}, None, or a function that takes a line."
        )
    if progress == "auto":
        return "line" if in_notebook() else "lines"
    return progress


def in_notebook() -> bool:
    """Whether cells of a notebook call; a terminal's IPython is none."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return shell is not None and "Terminal" not in type(shell).__name__


def settings(progress: Progress) -> dict[str, bool]:
    """The flags that follow: no line of progress where nobody watches one."""
    return {} if progress in ("line", "lines", "auto") else {"progress": False}


def line(progress: Progress) -> TextIO | None:
    """Where the one line of "line" is drawn, else None."""
    return sys.stdout if progress == "line" else None


@contextlib.contextmanager
def heard(progress: Progress) -> Iterator[None]:
    """Inside, the lines of a run go where `progress`, as `checked`, says."""
    logger, handler = logging.get_absl_logger(), _handler(progress)
    handler.addFilter(lines.is_for_the_user)
    before = logger.handlers, logger.propagate, logging.get_verbosity(), logger.level
    logger.handlers, logger.propagate = [handler], False
    logging.set_verbosity(logging.INFO)
    logger.setLevel(std_logging.INFO)
    try:
        with root_log.kept():
            yield
    finally:
        logging.set_verbosity(before[2])
        logger.handlers, logger.propagate = before[:2]
        logger.setLevel(before[3])


def _handler(progress: Progress) -> std_logging.Handler:
    if callable(progress):
        return _Lines(progress)
    found = std_logging.StreamHandler(sys.stderr)
    found.setFormatter(_Formatter())
    if progress != "lines":
        found.setLevel(std_logging.WARNING)
    return found


class _Formatter(lines.Formatter):
    """Lines as of a command, but with keywords in the place of flags."""

    def format(self, record: std_logging.LogRecord) -> str:
        """As of a command."""
        return wording.of_python(super().format(record))


class _Lines(std_logging.Handler):
    """Hands each line to a function, as text without the time of day."""

    def __init__(self, take: Callable[[str], object]):
        """Hands lines on.

        Args:
          take: is called with each.
        """
        super().__init__()
        self._take = take

    def emit(self, record: std_logging.LogRecord) -> None:
        """An error in the function is its program's to see."""
        self._take(wording.of_python(record.getMessage()))
