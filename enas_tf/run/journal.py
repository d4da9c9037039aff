"""The journal of a run: facts of its stages, its commands, their times.

All of it is in run.json (run/record.py). No TensorFlow.
"""

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from enas_tf.config import sections as config_lib
from enas_tf.run import commands as run_commands
from enas_tf.run import disk, readings, saves
from enas_tf.run import record as run_record
from enas_tf.run.paths import RunPaths
from enas_tf.run.readings import Reading

_LONGEST_ROW = 4096  # bytes

FactT = TypeVar("FactT", str, int, float, list, dict)


class RunJournal(RunPaths):
    """Reads run.json, and writes it while a command has the folder.

    Attributes:
      writable: whether run.json is written; False for a look.
    """

    def __init__(self, path: str | os.PathLike, *, writable: bool = True):
        """Creates and checks nothing.

        Args:
          path: the folder of the run.
          writable: see the class.
        """
        super().__init__(path)
        self.writable = writable
        self._began: float | None = None  # the running command, on the monotonic clock
        self._spent: float | None = None  # its seconds, once its clock has stopped

    def record(self, stage: str, **facts: object) -> None:
        """Adds `facts` (JSON values) to those of `stage` in run.json."""
        run = self.run()
        run["stages"].setdefault(stage, {}).update(facts)
        self._write(run)

    def run(self) -> dict[str, Any]:
        """The object of run.json: program, versions, command, seed, stages."""
        found = run_record.read(self.path)
        return found.run if found else run_record.new()

    def facts(self, stage: str) -> dict[str, Any]:
        """The facts of `stage` in run.json, {} if there are none."""
        return self.run()["stages"].get(stage, {})

    def fact(self, stage: str, name: str, kind: type[FactT]) -> FactT | None:
        """One of these; None if it is not there or of another kind."""
        value = self.facts(stage).get(name)
        if kind is float and isinstance(value, int):
            value = None if isinstance(value, bool) else float(value)
        is_one = isinstance(value, kind) and not isinstance(value, bool)
        return value if is_one else None

    def readings(self) -> list[Reading]:
        """How often the test split was read, the earliest first."""
        return readings.listed(self.run()["stages"])

    def note_reading(self, one: Reading) -> None:
        """Record that the test split was read."""
        listed = [reading.as_json() for reading in (*self.readings(), one)]
        self.record(readings.STAGE, **{readings.KEY: listed})

    def has_checkpoint(self, stage: str) -> bool:
        """Whether `stage` has ever saved something to go on from.

        It may be gone: then it is known from run.json, lest a run begin anew over it.
        """
        folder = self.checkpoints(stage)
        with disk.refusals(folder):
            return saves.begun(folder) or self._saved(stage)

    def note_saved(self, stage: str) -> None:
        """Record that `stage` has saved something."""
        if not self._saved(stage):
            self.record(stage, saved=True)

    def seconds(self, mode: str = "") -> float:
        """Of all commands of the run together, up to now, or of those of `mode` alone.

        So to look at a job of a campaign later makes its training no longer.
        """
        run = self.run()
        return run_commands.seconds(self._living(run), mode)

    def stop_clock(self) -> None:
        """Fix the seconds of the running command, and keep them.

        What it does from then on is to tell of itself: so its page and a table of runs
        tell the same time.
        """
        if self._began is not None:
            self._spent = self._elapsed(self._began)
            self._write(self.run())

    @contextlib.contextmanager
    def noted(self) -> Iterator[None]:
        """Notes in run.json how the command ended: with the block, or by an error.

        The first end counts. Where it cannot be noted, the error itself is told.
        """
        with self.failing():
            yield
        self._end(run_commands.status_of(None))

    @contextlib.contextmanager
    def failing(self) -> Iterator[None]:
        """The same of a part of the command: it ends here by an error only."""
        try:
            yield
        except BaseException as error:
            with contextlib.suppress(config_lib.ConfigError):
                self._end(run_commands.status_of(error))
            raise

    def _saved(self, stage: str) -> bool:
        return self.facts(stage).get("saved") is True

    def _end(self, status: str) -> None:
        if self._began is not None and status:
            seconds = self._elapsed(self._began)
            self._began = None
            self._write(run_commands.end(self.run(), status, seconds))

    def _list_command(
        self,
        found: run_record.Found | None,
        words: Sequence[str],
        mode: str,
        began: float,
    ) -> None:
        """Begins an entry of the list, of a command that began then (monotonic)."""
        before = found.run if found else run_record.new()
        before = run_commands.until(before, self._last_sign())
        run = run_commands.begin(before, words, mode, time.monotonic() - began)
        if not found:
            run["begin"] = run["commands"][-1]["begin"]
        self._write(run)
        self._began, self._spent = began, None

    def _living(self, run: Mapping[str, object]) -> Mapping[str, object]:
        """`run` with the seconds of the running command as of now."""
        if self._began is None:
            return run
        return run_commands.lives(run, self._elapsed(self._began))

    def _elapsed(self, began: float) -> float:
        """Seconds since then, up to the stop of the clock."""
        return time.monotonic() - began if self._spent is None else self._spent

    def _write(self, run: Mapping[str, object]) -> None:
        if self.writable:
            run_record.write(self.path, self._living(run))

    def _last_sign(self) -> float:
        """The time of the last row of metrics.jsonl; 0 if none can be read."""
        try:
            rows = self.metrics.read_bytes()[-_LONGEST_ROW:].splitlines()
            return float(json.loads(rows[-1])["time"])
        except (OSError, ValueError, LookupError, TypeError):
            return 0.0
