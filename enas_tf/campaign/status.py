"""--mode=status: a table of the jobs of a campaign."""

import collections
from collections.abc import Sequence

from enas_tf.campaign import (
    collect,
    forecast,
    on_node,
    other_settings,
    state,
    table,
)
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.campaign.state import State
from enas_tf.run import lines

_HEAD = ("job", "name", "state", "seconds", "score")
_LONGEST = 200  # letters of what a failed job said last


def text(folder: CampaignFolder, plan: Plan) -> str:
    """The table, the failures, and how many there are of each state."""
    states = [state.of(folder, plan, number) for number in range(len(plan.jobs))]
    cells = [_cells(folder, plan, number, found) for number, found in enumerate(states)]
    head, cells = _with_nodes(folder, plan, states, cells)
    left = [number for number, one in enumerate(states) if one not in state.ENDED]
    at_once = max(1, states.count(State.RUNNING))
    ready = (number for number, one in enumerate(states) if one is State.DONE)
    known = {number: state.seconds(folder, plan, number) for number in ready}
    seconds = forecast.seconds_left(plan, left, known, at_once=at_once)
    to_go = forecast.left(seconds) if left else ""
    counts = collections.Counter(one.value for one in states)
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    found = [f"--mode={plan.mode} in {lines.shown(folder.path)}: {told}{to_go}."]
    found += table.aligned([head, *cells], left=3)
    failed = [number for number, one in enumerate(states) if one is State.FAILED]
    found += [failure(folder, plan, number) for number in failed]
    return "\n".join([*found, *filter(None, [other_settings.sentence(folder, plan)])])


def _with_nodes(
    folder: CampaignFolder,
    plan: Plan,
    states: Sequence[State],
    cells: Sequence[tuple[str, ...]],
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows with a column more, where Ray has nodes at work."""
    at_work = [number for number, one in enumerate(states) if one is State.RUNNING]
    nodes = {n: found[-1] for n in at_work if (found := on_node.nodes(folder, plan, n))}
    if not nodes:
        return _HEAD, list(cells)
    rows = [(*cell, nodes.get(number, "-")) for number, cell in enumerate(cells)]
    return (*_HEAD, "node"), rows


def failure(folder: CampaignFolder, plan: Plan, number: int) -> str:
    """A line on a job that failed: its last words, and where the others are."""
    short = lines.shortened(last_words(folder, plan, number), _LONGEST)
    log = lines.shown(folder.log(plan, number))
    return f"Job {number} failed: {short} (all of it: {log})"


def last_words(folder: CampaignFolder, plan: Plan, number: int) -> str:
    """What a job that failed said last."""
    try:
        return folder.failure(plan, number).read_text(encoding="utf-8").strip()
    except OSError:  # somebody has just begun it again
        return ""


def _cells(
    folder: CampaignFolder, plan: Plan, number: int, found: State
) -> tuple[str, ...]:
    run, job = folder.run(plan, number), plan.jobs[number]
    seconds = state.seconds(folder, plan, number)
    measure = collect.measure_of(plan)
    figure = collect.score(run, job.mode, measure) if found is State.DONE else None
    return (
        str(number),
        job.name,
        found.value,
        f"{seconds:.1f}" if seconds else "-",
        "-" if figure is None else f"{figure:.{measure.places}f}",
    )
