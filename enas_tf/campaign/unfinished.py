"""What stands first in the results of a campaign while jobs of it are to be done."""

import collections
from collections.abc import Mapping, Sequence

from enas_tf.campaign import forecast, jobs, state, table
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.campaign.state import State
from enas_tf.page import campaign_verdict

_HEAD = ("method", "searches", "trainings", "not done")


def words(folder: CampaignFolder, plan: Plan, *, at_once: int = 0) -> list[str]:
    """How far it is, and a table of its methods; none where every job has ended.

    Args:
      folder: of it.
      plan: of it.
      at_once: so many jobs run at once; 0: none does, and no end is foreseen.
    """
    states = [state.of(folder, plan, number) for number in range(len(plan.jobs))]
    left = [number for number, one in enumerate(states) if one not in state.ENDED]
    if not left:
        return []
    seconds = None
    if at_once:
        known = forecast.done(folder, plan)
        seconds = forecast.seconds_left(plan, left, known, at_once=at_once)
    done = states.count(State.DONE)
    failed = states.count(State.FAILED)
    said = f"{done} of {len(states)} jobs done" + (
        f", {failed} failed" if failed else ""
    )
    sentence = f"{campaign_verdict.UNFINISHED}: {said}{forecast.left(seconds)}."
    return [sentence, *table.aligned(_cells(plan, states)), ""]


def others(states: Sequence[State]) -> str:
    """How those of them stand that are not done: `2 waiting, 1 failed`."""
    counts = collections.Counter(one.value for one in states if one is not State.DONE)
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _cells(plan: Plan, states: Sequence[State]) -> list[tuple[str, ...]]:
    """A row for each method."""
    found: dict[str, dict[str, list[State]]] = {}
    for job, one in zip(plan.jobs, states, strict=True):
        found.setdefault(job.method, {}).setdefault(job.mode, []).append(one)
    return [_HEAD, *(_row(method, by) for method, by in found.items())]


def _row(method: str, by: Mapping[str, Sequence[State]]) -> tuple[str, ...]:
    searches, trainings = by.get(jobs.SEARCH, []), by.get(jobs.TRAIN, [])
    rest = others([*searches, *trainings]) or "-"
    return method, _share(searches), _share(trainings), rest


def _share(states: Sequence[State]) -> str:
    return f"{states.count(State.DONE)} of {len(states)}" if states else "-"
