"""How a job stands, read from the disk each time: nothing else keeps it."""

import enum
from collections.abc import Collection, Mapping, Sequence

import filelock

from enas_tf.campaign import arcs, jobs
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.config.sections import ConfigError
from enas_tf.run import commands, layout


class State(enum.Enum):
    """Of a job."""

    WAITING = "waiting"
    RUNNING = "running"
    STOPPED = "stopped"  # on its way; it goes on from its checkpoint
    FAILED = "failed"
    DONE = "done"
    ABSENT = "no such arc"  # the search has not found so many different ones


ENDED: Collection[State] = (State.DONE, State.ABSENT)


def of(folder: CampaignFolder, plan: Plan, number: int) -> State:
    """The state of a job."""
    if is_done(folder, plan, number):
        return State.DONE
    if is_absent(folder, plan, number):
        return State.ABSENT
    if is_at_work(folder, plan, number):
        return State.RUNNING
    if folder.failure(plan, number).exists():
        return State.FAILED
    begun = _commands(folder, plan, number)
    return State.STOPPED if begun else State.WAITING


def is_done(folder: CampaignFolder, plan: Plan, number: int) -> bool:
    """Whether a command of the job has come to its end."""
    mode = plan.jobs[number].mode
    listed = _commands(folder, plan, number)
    ends = ((entry.get("mode"), entry.get("status")) for entry in listed)
    return (mode, commands.FINISHED) in ends


def seconds(folder: CampaignFolder, plan: Plan, number: int) -> float:
    """Of all commands that worked the job off; 0 where they are not known."""
    try:
        return folder.run(plan, number).seconds(plan.jobs[number].mode)
    except ConfigError:
        return 0.0


def arc(folder: CampaignFolder, plan: Plan, number: int) -> str | None:
    """The arc that the job trains; "" of a search; None where there is none.

    Raises:
      ConfigError: what the search found is damaged.
    """
    job = plan.jobs[number]
    if job.pick is None:
        return job.arc
    search = folder.run(plan, job.pick.job)
    found = arcs.picked(search, job.pick.group, job.pick.place)
    return found.arc if found else None


def is_ready(folder: CampaignFolder, plan: Plan, number: int) -> bool:
    """Whether the job waits for no other."""
    pick = plan.jobs[number].pick
    return pick is None or is_done(folder, plan, pick.job)


def is_at_work(folder: CampaignFolder, plan: Plan, number: int) -> bool:
    """Whether a process works on the job."""
    run = folder.run(plan, number)
    if _is_held(folder.job_lock(plan, number)):
        return True
    last = (_commands(folder, plan, number) or [{"status": commands.FINISHED}])[-1]
    # Whoever started it may have been killed, and it may live on.
    return "status" not in last and _is_held(filelock.FileLock(run.path / layout.LOCK))


def is_absent(folder: CampaignFolder, plan: Plan, number: int) -> bool:
    """Whether the job has no arc: its search is done, and found fewer."""
    if plan.jobs[number].mode != jobs.TRAIN or not is_ready(folder, plan, number):
        return False
    try:
        return arc(folder, plan, number) is None
    except ConfigError:
        return False  # the job fails by it, and says so


def _commands(
    folder: CampaignFolder, plan: Plan, number: int
) -> Sequence[Mapping[str, object]]:
    """The commands of the job's run; none where it is damaged, which the next tells."""
    try:
        return commands.of(folder.run(plan, number).run())
    except ConfigError:
        return []


def _is_held(lock: filelock.BaseFileLock) -> bool:
    try:
        with lock.acquire(blocking=False):
            return False
    except filelock.Timeout:
        return True
    except OSError:  # there is no such folder yet, or it may not be written
        return False
