"""Keeps TensorFlow's start off the terminal, and writes help to it.

C++ writes to standard error while TensorFlow starts: its notes on missing CUDA drivers
come before any log level is obeyed, and look like errors to a user without a GPU.
"""

import contextlib
import os
import sys

from absl import logging

from enas_tf.machine import standard_error as standard_error_lib
from enas_tf.run import lines


def standard_error() -> contextlib.AbstractContextManager[None]:
    """Nothing reaches file descriptor 2 inside: `machine/standard_error.py`."""
    return standard_error_lib.held_back()


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
