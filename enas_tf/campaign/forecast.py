"""How long a campaign will take, by the jobs that are done."""

import collections
from collections.abc import Iterable, Mapping, Sequence

from enas_tf.campaign import jobs, state
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.machine import processor
from enas_tf.run import progress


def begins(plan: Plan, numbers: Sequence[int], *, at_once: int, where: str = "") -> str:
    """A line on the jobs of these numbers, before the first of them begins.

    Args:
      plan: of the campaign.
      numbers: of the jobs.
      at_once: so many run at once.
      where: they do; by default on the cores of this machine.
    """
    left = [plan.jobs[number].mode for number in numbers]
    kinds = [
        _count(left.count(jobs.SEARCH), "search", "searches"),
        _count(left.count(jobs.TRAIN), "training", "trainings"),
    ]
    done = len(plan.jobs) - len(numbers)
    found = f"{_count(len(plan.jobs), 'job', 'jobs')} in all, {done} done. "
    found += f"To do: {' and '.join(kind for kind in kinds if kind) or 'nothing'}"
    where = where or _count(processor.cores(), "core", "cores")
    return f"{found}; {at_once} at once, on {where}"


def done(
    folder: CampaignFolder, plan: Plan, numbers: Iterable[int] | None = None
) -> dict[int, float]:
    """The jobs that are done, with the seconds of each, read from their folders.

    Args:
      folder: of the campaign.
      plan: of the campaign.
      numbers: of the jobs that are looked at; all if left out.
    """
    return {
        number: state.seconds(folder, plan, number)
        for number in (range(len(plan.jobs)) if numbers is None else numbers)
        if state.is_done(folder, plan, number)
    }


def seconds_left(
    plan: Plan, numbers: Sequence[int], known: Mapping[int, float], *, at_once: int
) -> float | None:
    """For the jobs of these numbers; None where no job of a kind of theirs is done.

    Args:
      plan: of the campaign.
      numbers: of the jobs.
      known: those that are done; see `done`.
      at_once: so many run at once.
    """
    total = 0.0
    for mode, count in collections.Counter(plan.jobs[n].mode for n in numbers).items():
        taken = [spent for n, spent in known.items() if plan.jobs[n].mode == mode]
        if not taken:
            return None
        total += count * sum(taken) / len(taken)
    return total / max(1, min(at_once, len(numbers)))


def left(seconds: float | None) -> str:
    """The same in words, behind a comma, or ""."""
    return "" if seconds is None else f", about {progress.duration(seconds)} to go"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""
