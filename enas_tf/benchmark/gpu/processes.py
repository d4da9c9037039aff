"""A process whose lines are read as they come, and that ends in time."""

import contextlib
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from typing import IO

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
# Kernels that the driver compiles for a new card are kept for the next process.
CACHE = dict(CUDA_CACHE_MAXSIZE=str(4 * 2**30))
LAST_WORDS = 300


class Ended(RuntimeError):
    """The process came to its end before its time, or was stopped at its limit."""


def lines(command: Sequence[str], *, seconds: float) -> Iterator[str]:
    """What `command` prints, line by line; it and all that it started end with this.

    Raises:
      Ended: behind the last line: it failed, or `seconds` were over.
    """
    late = threading.Event()
    with (
        tempfile.TemporaryFile("w+", errors="replace") as errors,
        _started(command, errors) as process,
    ):
        timer = threading.Timer(seconds, _stop, (process, late))
        timer.start()
        try:
            yield from process.stdout or ()
            process.wait()
        finally:
            timer.cancel()
            _end(process)
        if late.is_set():
            raise Ended(f"it took more than {seconds:.0f} s and was stopped")
        if process.returncode:
            raise Ended(f"status {process.returncode}: {_last_words(errors)}")


def _started(command: Sequence[str], errors: IO[str]) -> subprocess.Popen[str]:
    """`command` as the head of a group of processes, so that all end together."""
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        env=environment(),
        start_new_session=True,
    )


def environment() -> dict[str, str]:
    """This one's, and where the package lies: it need not be installed."""
    paths = [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]
    path = os.pathsep.join(filter(None, paths))
    return {**CACHE, **os.environ, "PYTHONPATH": path}


def _stop(process: subprocess.Popen[str], late: threading.Event) -> None:
    late.set()
    _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """End the process and those that it started."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _last_words(errors: IO[str]) -> str:
    errors.seek(0)
    said = [line for line in errors.read().splitlines() if line.strip()]
    return said[-1][:LAST_WORDS] if said else "it said nothing"
