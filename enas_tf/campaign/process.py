"""A job as a process: the same program, in the job's folder, with the job's flags."""

import os
import pathlib
import signal
import subprocess
from collections.abc import Callable, Sequence

import filelock

from enas_tf.campaign import jobs, state
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.config.sections import ConfigError
from enas_tf.run import disk, layout, lines

Command = Callable[[Sequence[str]], list[str]]
_WAIT = 2.0  # seconds for somebody who only looks whether the job is at work
_SIGNALLED = 128  # and the number of the signal, as a shell has it
_TAIL = 8192  # bytes of a log in which its last line is looked for


class Process:
    """One job at work.

    Attributes:
      number: of the job.
      has_begun: as of `executor.AtWork`.
    """

    has_begun = True

    def __init__(
        self, folder: CampaignFolder, plan: Plan, number: int, command: Command
    ):
        """Starts the job, which goes on where it was stopped.

        Args:
          folder: of the campaign.
          plan: of the campaign.
          number: of the job, which is ready.
          command: from the flags of a run to what is to be started.

        Raises:
          Busy: another process works on it.
          ConfigError: nobody can write there, or the arc cannot be read.
        """
        self.number = number
        self._folder, self._plan = folder, plan
        self._lock = _claimed(folder, plan, number)
        try:
            folder.failure(plan, number).unlink(missing_ok=True)
            words = command(_words(folder, plan, number))
            with disk.refusals(folder.path), folder.log(plan, number).open("ab") as log:
                # Of a group of its own: Ctrl-C is for the campaign, which passes it on.
                self._process = subprocess.Popen(
                    words,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        except BaseException:
            self._lock.release()
            raise
        self._stopped = False

    def stop(self, number: int) -> None:
        """Have it save and end; `number` is of a signal, a second one ends it at once.

        What ended by itself meanwhile is not asked again.
        """
        self._stopped = True
        if self._process.poll() is None:
            self._process.send_signal(number)

    def withdraw(self) -> None:
        """Nothing: it has begun."""

    def has_ended(self) -> bool:
        """Whether it has; what it came to is then on the disk."""
        status = self._process.poll()
        if status is None:
            return False
        try:
            done = state.is_done(self._folder, self._plan, self.number)
            if not done and not self._stopped:
                line = self._last_words(status)
                note_failure(self._folder, self._plan, self.number, line)
        finally:
            self._lock.release()
        return True

    def _last_words(self, status: int) -> str:
        line = last_line(self._folder.log(self._plan, self.number))
        if status < 0:
            return f"ended by {signal.Signals(-status).name}. {line}".strip()
        if status - _SIGNALLED in signal.valid_signals():
            return f"stopped by {signal.Signals(status - _SIGNALLED).name}"
        return line or f"ended with status {status}"


class Busy(Exception):
    """Another process works on the job."""


def note_failure(folder: CampaignFolder, plan: Plan, number: int, line: str) -> None:
    """Keep what a job said last, until it is begun again."""
    disk.write_text(folder.failure(plan, number), f"{line}\n")


def last_line(log: pathlib.Path) -> str:
    """The last line of a log, unfolded; "" where there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            folded = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    found: list[str] = []
    for line in reversed([line for line in folded if line.strip()]):
        found.insert(0, line.strip())
        if not line.startswith(lines.INDENT):
            break
    return " ".join(found)


def _claimed(folder: CampaignFolder, plan: Plan, number: int) -> filelock.BaseFileLock:
    """The lock of the job; Busy where somebody has it, or has just done it."""
    lock = folder.job_lock(plan, number)
    with disk.refusals(folder.path):
        (folder.path / layout.JOBS).mkdir(parents=True, exist_ok=True)
        if state.is_at_work(folder, plan, number):
            raise Busy
        try:
            lock.acquire(timeout=_WAIT)
        except filelock.Timeout:
            raise Busy from None
    if state.is_done(folder, plan, number):  # since it was last looked at
        lock.release()
        raise Busy
    return lock


def _words(folder: CampaignFolder, plan: Plan, number: int) -> list[str]:
    """The flags of the job's run."""
    job = plan.jobs[number]
    arc = state.arc(folder, plan, number)
    if arc is None:
        raise ConfigError(
            f"job {number}, {job.name}, has no arc: its search has found fewer."
        )
    of_run = [f"--mode={job.mode}", f"--output_dir={folder.run(plan, number).path}"]
    known = [f"--child_fixed_arc={arc}"] if job.mode == jobs.TRAIN else []
    return [*of_run, *job.flags, "--noprogress", *known]
