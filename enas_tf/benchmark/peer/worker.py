"""One side's process, as who asks it sees it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping

from enas_tf.benchmark.gpu import processes
from enas_tf.benchmark.peer.order import Order
from enas_tf.config.sections import ConfigError

OURS, THEIRS = (f"enas_tf.benchmark.peer.{side}" for side in ("ours", "theirs"))


class Worker:
    """A process that waits until it is asked.

    Attributes:
      start: CPU seconds to the end of its first step.
      about: the versions of what computes.
    """

    def __init__(self, module: str, process: subprocess.Popen[str], errors: str):
        """Waits until the process is ready.

        Args:
          module: which it runs.
          process: with pipes.
          errors: the file of what it has to complain of.

        Raises:
          ConfigError: it ended before.
        """
        self._module, self._process, self._errors = module, process, errors
        first = self._answer()
        self.start, self.about = float(first["start"]), str(first["about"])

    def ask(self, what: str) -> tuple[float, float]:
        """Seconds that `what` takes, by the clock and of CPU.

        Raises:
          ConfigError: the process ended.
        """
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):
            print(what, file=self._process.stdin, flush=True)
        answer = self._answer()
        return float(answer["wall"]), float(answer["cpu"])

    def _answer(self) -> Mapping[str, float | str]:
        for line in self._process.stdout or ():
            if line.startswith("{"):
                return json.loads(line)
        with open(self._errors, errors="replace") as file:
            said = [line for line in file.read().splitlines() if line.strip()]
        raise ConfigError(
            f"--what=peers: the process of {self._module} ended early: "
            f"{said[-1] if said else 'it said nothing'}"
        )


@contextlib.contextmanager
def started(module: str, order: Order) -> Iterator[Worker]:
    """A worker that ends with the block."""
    command = [sys.executable, "-m", module, order.text()]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=processes.environment(),
            start_new_session=True,  # Ctrl-C is the asker's, who ends it
        )
        try:
            yield Worker(module, process, errors.name)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
