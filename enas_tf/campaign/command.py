"""A command of a campaign, from its flags to its end."""

import contextlib
import os
import shlex
import signal
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType

from absl import logging

from enas_tf.campaign import (
    asked,
    ending,
    executor,
    forecast,
    jobs,
    plan,
    state,
    status,
)
from enas_tf.campaign import words as words_lib
from enas_tf.campaign.asked import Asked
from enas_tf.campaign.executor import Work
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.campaign.state import State
from enas_tf.command import interrupts, quiet, typed
from enas_tf.config import modes
from enas_tf.config.sections import ConfigError
from enas_tf.run import lines


class JobsFailed(RuntimeError):
    """Some jobs of a campaign failed; what they said is in their logs."""

    def __init__(self, count: int):
        """Of so many."""
        jobs_in_words = "1 job" if count == 1 else f"{count} jobs"
        super().__init__(
            f"{jobs_in_words} failed. The same command tries again, and keeps what is "
            "done."
        )


class Stopped(Exception):
    """A signal came.

    Attributes:
      number: of the signal.
    """

    def __init__(self, number: int):
        """Of this signal."""
        super().__init__(number)
        self.number = number


def run(given: Mapping[str, object], preset: str | None, command: list[str]) -> None:
    """Run the command.

    Args:
      given: flag name to value, as the user wrote them.
      preset: its name; None where none was named.
      command: the command line, ready to be typed again.

    Raises:
      ConfigError: a user's mistake.
      SystemExit: stopped by a signal (128 + its number), or a job failed (1).
    """
    logging.set_verbosity(logging.INFO)
    request = asked.read(given, preset, command)
    try:
        carry_out(request)
    except JobsFailed as failed:
        logging.error("%s", failed)
        raise SystemExit(1) from None
    except Stopped as stop:
        logging.info("Stopped, with checkpoints. To go on:%s", _again(request))
        raise SystemExit(128 + stop.number) from None


def carry_out(request: Asked) -> CampaignFolder:
    """Run the command, of a shell or of a Python program; the campaign's folder.

    Raises:
      ConfigError: a user's mistake.
      JobsFailed: some did; each has been told.
      Stopped: by a signal; all that was done is in checkpoints.
    """
    folder = CampaignFolder(_place(request))
    folder.refuse_foreign()
    if request.mode == "status":
        quiet.show(status.text(folder, _known(folder)))
    elif request.mode == "job":
        _do_one(request, folder)
    else:
        _do_all(request, folder)
    return folder


def _place(request: Asked) -> str:
    named = str(request.given.get("output_dir", ""))
    if not named and request.mode not in modes.CAMPAIGNS:
        raise ConfigError(
            f"--mode={request.mode} is about a campaign: name its folder with "
            "--output_dir."
        )
    return named or f"outputs/{request.mode}_{request.space_name}"


def _known(folder: CampaignFolder) -> Plan:
    found = plan.read(folder.path)
    if found is None:
        raise ConfigError(
            f"--output_dir={lines.shown(folder.path)} holds no campaign. Begin one "
            f"with --mode={', '.join(modes.CAMPAIGNS[:-1])} or {modes.CAMPAIGNS[-1]}."
        )
    return found


def _do_all(request: Asked, folder: CampaignFolder) -> None:
    """Plan the campaign, or go on with it, and sum it up."""
    ours = _planned(request, folder)
    folder.claim()
    try:
        plan.write(folder.path, ours)
        if request.sizes.jobs == 0:
            _say_written(request, folder, ours)
            return
        failed = _worked_off(request, folder, ours, list(range(len(ours.jobs))))
        ending.tell(folder, ours)
    finally:
        folder.release()
    if failed:
        raise JobsFailed(len(failed))


def _planned(request: Asked, folder: CampaignFolder) -> Plan:
    """The plan in the folder, by the words of this command if it has some; or anew."""
    known = plan.read(folder.path)
    if known:
        plan.refuse_other(known, request, folder.path)
    if known and not plan.is_asked_for(request):
        return known
    asked.check_runs(request)
    for notice in asked.notices(request):
        logging.warning("%s", notice)
    made = plan.made(request)
    same = known and [j.name for j in known.jobs] == [j.name for j in made.jobs]
    return made if not known or same else known


def _do_one(request: Asked, folder: CampaignFolder) -> None:
    """Work off one job of the plan."""
    ours, number = _known(folder), request.sizes.job
    if not 0 <= number < len(ours.jobs):
        raise ConfigError(
            f"--job={number} is not allowed: the plan in {lines.shown(folder.path)} "
            f"has the jobs 0 to {len(ours.jobs) - 1}. See --mode=status."
        )
    if not state.is_ready(folder, ours, number):
        pick = ours.jobs[number].pick
        raise ConfigError(
            f"--job={number} waits for job {pick and pick.job}, which is not done. Do "
            "that one first."
        )
    if _worked_off(request, folder, ours, [number]):
        raise JobsFailed(1)


def _worked_off(
    request: Asked, folder: CampaignFolder, ours: Plan, numbers: Sequence[int]
) -> list[int]:
    """Do what is left of these jobs; the numbers of those that failed."""
    failed: list[int] = []
    left = [n for n in numbers if state.of(folder, ours, n) not in state.ENDED]
    at_once = max(1, request.sizes.jobs)
    begins = forecast.begins(ours, left, at_once=at_once)
    seconds = forecast.seconds_left(folder, ours, left, at_once=at_once)
    logging.info("%s%s.", begins, forecast.left(seconds))

    def tell(number: int, found: State) -> None:
        if number in left and found in state.ENDED:
            left.remove(number)
        if found is State.FAILED:
            failed.append(number)
        seconds = forecast.seconds_left(folder, ours, left, at_once=at_once)
        logging.info("%s", _progress(folder, ours, number, found, len(left), seconds))

    with _listening() as heard:
        work = Work(folder, ours, _command(request), at_once, heard, tell)
        executor.work_off(work, left)
    if heard:
        raise Stopped(heard[0])
    return failed


def _progress(
    folder: CampaignFolder,
    ours: Plan,
    number: int,
    found: State,
    left: int,
    seconds: float | None,
) -> str:
    if found is State.FAILED:
        return status.failure(folder, ours, number)
    name, spent = ours.jobs[number].name, folder.run(ours, number).seconds()
    took = f" in {spent:.0f} s" if found is State.DONE else ""
    to_go = f"; {left} left{forecast.left(seconds)}" if left else "; it was the last"
    return f"Job {number} ({name}) {found.value}{took}{to_go}."


def _say_written(request: Asked, folder: CampaignFolder, ours: Plan) -> None:
    searches = sum(job.mode == jobs.SEARCH for job in ours.jobs)
    last = len(ours.jobs) - 1
    line = f"The plan is in {lines.shown(folder.path)}: jobs 0 to {last}."
    if searches:
        line += f" Those from {searches} on wait for the searches before them."
    one = _typed(request, dict(mode="job", output_dir=folder.path, job=0))
    logging.info("%s One of them:%s", line, one)


def _command(request: Asked) -> executor.Command:
    """From the flags of a run to a command of this program."""
    python, program, _ = typed.parts(request.command)
    return lambda words: [python, *program, *words]


def _typed(request: Asked, flags: Mapping[str, object]) -> str:
    """A command of these flags to paste into a shell, on a line of its own."""
    python, program, _ = typed.parts(request.command)
    plugin = {k: v for k, v in request.given.items() if k == "plugin"}
    words = words_lib.written({**flags, **plugin})
    return f"\n  {shlex.join([os.path.relpath(python), *program, *words])}"


def _again(request: Asked) -> str:
    """What goes on with the campaign; its settings need not be written again."""
    flags = dict(mode=request.mode, output_dir=_place(request))
    numbers = {k: v for k, v in request.given.items() if k in ("jobs", "job")}
    return _typed(request, {**flags, **numbers})


@contextlib.contextmanager
def _listening() -> Iterator[list[int]]:
    """The signals that come inside, which end nothing by themselves."""
    heard: list[int] = []

    def hear(number: int, frame: FrameType | None) -> None:
        del frame
        heard.append(number)

    try:
        before = {number: signal.signal(number, hear) for number in interrupts.NUMBERS}
    except ValueError:  # not the main thread, which alone hears signals
        yield heard
        return
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
