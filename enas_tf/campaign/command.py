"""A command of a campaign, from its flags to its end."""

import contextlib
import os
import shlex
from collections.abc import Iterator, Mapping

from absl import logging

from enas_tf.campaign import (
    asked,
    collect,
    ending,
    jobs,
    other_settings,
    outlook,
    places,
    plan,
    state,
    status,
    working,
)
from enas_tf.campaign import words as words_lib
from enas_tf.campaign.asked import Asked
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.campaign.state import State
from enas_tf.command import quiet, typed
from enas_tf.config import modes
from enas_tf.config.sections import ConfigError
from enas_tf.run import lines


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
    except working.JobsFailed as failed:
        logging.error("%s", failed)
        raise SystemExit(1) from None
    except working.Stopped as stop:
        logging.info("Stopped, with checkpoints. To go on:%s", _again(request))
        raise SystemExit(128 + stop.number) from None


def carry_out(request: Asked) -> CampaignFolder:
    """Run the command, of a shell or of a Python program; the campaign's folder.

    Raises:
      ConfigError: a user's mistake.
      JobsFailed: some did; each has been told.
      Stopped: by a signal; all that was done is in checkpoints.
    """
    asked.refuse_dry_run(request)
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
    asked.check_flags(request)
    ours = _planned(request, folder)
    collect.done(folder, ours)  # what it refuses is told before a job begins
    if request.given.get("dry_run"):
        outlook.tell(request, folder, ours)
        return
    with places.opened(request) as place, _claimed(folder):
        plan.write(folder.path, ours)
        if request.sizes.jobs == 0:
            _say_written(request, folder, ours)
            return
        every = list(range(len(ours.jobs)))
        failed = working.off(request, folder, ours, every, place)
        ending.tell(folder, ours, pages=request.report != "no")
    if failed:
        raise failed


@contextlib.contextmanager
def _claimed(folder: CampaignFolder) -> Iterator[None]:
    """No other process works the campaign off inside."""
    folder.claim()
    try:
        yield
    finally:
        folder.release()


def _planned(request: Asked, folder: CampaignFolder) -> Plan:
    """The plan in the folder, by the words of this command if it has some; or anew."""
    known = plan.read(folder.path)
    if known:
        plan.refuse_other(known, request, folder.path)
    if known and not plan.is_asked_for(request):
        for notice in asked.idle(request):
            logging.warning("%s", notice)
        return known
    if not known and not plan.is_asked_for(request):
        folder.refuse_jobs()
    asked.check_runs(request)
    for notice in asked.notices(request):
        logging.warning("%s", notice)
    made = plan.made(request)
    same = known and [j.name for j in known.jobs] == [j.name for j in made.jobs]
    return made if not known or same else known


def _do_one(request: Asked, folder: CampaignFolder) -> None:
    """Work off one job of the plan."""
    ours, number = _known(folder), request.sizes.job
    if "job" not in request.given:
        raise ConfigError(
            f"--mode=job needs --job, one of 0 to {len(ours.jobs) - 1}. Add it; see "
            "--mode=status."
        )
    if not 0 <= number < len(ours.jobs):
        raise ConfigError(
            f"--job={number} is not allowed: the plan in {lines.shown(folder.path)} "
            f"has the jobs 0 to {len(ours.jobs) - 1}. See --mode=status."
        )
    other_settings.refuse(folder, ours, [number])
    name, found = ours.jobs[number].name, state.of(folder, ours, number)
    if found in state.ENDED:
        logging.info("%s", f"Nothing is left of job {number} ({name}): {found.value}.")
        return
    if found is State.RUNNING:
        raise ConfigError(
            f"--job={number} ({name}) is in the hands of another process. Look with "
            "--mode=status, or choose another job."
        )
    if not state.is_ready(folder, ours, number):
        pick = ours.jobs[number].pick
        raise ConfigError(
            f"--job={number} waits for job {pick and pick.job}, which is not done. Do "
            "that one first."
        )
    with places.opened(request) as place:
        failed = working.off(request, folder, ours, [number], place)
    if failed:
        raise failed


def _say_written(request: Asked, folder: CampaignFolder, ours: Plan) -> None:
    searches = sum(job.mode == jobs.SEARCH for job in ours.jobs)
    last = len(ours.jobs) - 1
    line = f"The plan is in {lines.shown(folder.path)}: jobs 0 to {last}."
    if searches:
        line += f" Those from {searches} on wait for the searches before them."
    one = _typed(request, dict(mode="job", output_dir=folder.path, job=0))
    logging.info("%s The first:%s", line, one)


def _typed(request: Asked, flags: Mapping[str, object]) -> str:
    """A command of these flags to paste into a shell, on a line of its own."""
    python, program, _ = typed.parts(request.command)
    plugin = {k: v for k, v in request.given.items() if k == "plugin"}
    words = words_lib.written({**flags, **plugin})
    return f"\n  {shlex.join([os.path.relpath(python), *program, *words])}"


def _again(request: Asked) -> str:
    """What goes on with the campaign; its settings need not be written again."""
    flags = dict(mode=request.mode, output_dir=_place(request))
    same = {k: v for k, v in request.given.items() if k in _AS_BEFORE}
    return _typed(request, {**flags, **same})


# Of a command that goes on with a campaign: how many of its jobs, and where.
_AS_BEFORE = (
    *("jobs", "job"),
    *("executor", "ray_address", "job_cpus", "job_gpus"),
)
