"""Keeps TensorFlow's start off the terminal, and writes help to it.

C++ writes to standard error while TensorFlow starts: its notes on missing CUDA drivers
come before any log level is obeyed, and look like errors to a user without a GPU.
"""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator

from absl import logging

from enas_tf.run import lines


@contextlib.contextmanager
def standard_error() -> Iterator[None]:
    """Nothing reaches file descriptor 2 inside; all of it does if that fails.

    A user who stops it meanwhile is not shown it either.
    """
    sys.stderr.flush()
    with tempfile.TemporaryFile() as held:
        before = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            yield
        except Exception:
            os.dup2(before, 2)
            held.seek(0)
            os.write(2, held.read())
            raise
        finally:
            os.dup2(before, 2)
            os.close(before)


def plain_log() -> None:
    """The lines of the log begin with the time of day, as later in a run."""
    logging.get_absl_handler().setFormatter(lines.Formatter())


def show(text: str) -> None:
    """Writes `text` to standard output; a reader that has seen enough may go away."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # Python flushes once more at its end, and would complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
