"""What the results of a campaign must not be read without, a sentence each.

Jobs that have no result, controllers that were never trained, and that one search says
nothing of a method.
"""

import collections
from collections.abc import Sequence

from enas_tf.campaign import jobs, state, unfinished
from enas_tf.campaign import words as words_lib
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.campaign.state import State
from enas_tf.search import comparison

_NOUNS = {jobs.SEARCH: ("search", "searches"), jobs.TRAIN: ("training", "trainings")}
_OF_METHODS = ("compare", "ablate")  # what they ask is about searches, not arcs
_OF_TRAINING = ("ablate",)  # what they ask is about the training of the controller


def first(folder: CampaignFolder, plan: Plan) -> list[str]:
    """What stands before the answer: that the controller was not trained at all."""
    if plan.mode not in _OF_TRAINING:
        return []
    return _untrained(folder, plan, _states(folder, plan))


def caveats(folder: CampaignFolder, plan: Plan) -> list[str]:
    """What changes the meaning of the first sentence, and is to stand behind it."""
    untrained = []
    if plan.mode not in _OF_TRAINING:
        untrained = _untrained(folder, plan, _states(folder, plan))
    return [*untrained, *_of_one_search(plan)]


def _states(folder: CampaignFolder, plan: Plan) -> list[State]:
    return [state.of(folder, plan, number) for number in range(len(plan.jobs))]


def absent(folder: CampaignFolder, plan: Plan) -> list[str]:
    """Of each method whose jobs have ended, how many of a kind have no result."""
    states = _states(folder, plan)
    found: dict[tuple[str, str], list[State]] = {}
    for job, one in zip(plan.jobs, states, strict=True):
        found.setdefault((job.method, job.mode), []).append(one)
    return [
        f"{method}: {there.count(State.DONE)} of {_counted(len(there), mode)} done; "
        f"{unfinished.others(there)}."
        for (method, mode), there in found.items()
        if set(there) != {State.DONE} and set(there) <= set(state.ENDED)
    ]


def _untrained(
    folder: CampaignFolder, plan: Plan, states: Sequence[State]
) -> list[str]:
    """The searches that only drew arcs, because the warm-up was as long as they."""
    names = [
        folder.run(plan, number).path.name
        for number, job in enumerate(plan.jobs)
        if job.mode == jobs.SEARCH and states[number] is State.DONE
        if comparison.UNTRAINED in _said(folder, plan, number)
        if "controller_training" not in map(words_lib.flag, job.flags)  # as was asked
    ]
    if not names:
        return []
    return [
        f"In {', '.join(names)} {comparison.UNTRAINED}: its arcs are drawn by chance. "
        "See --controller_warmup_epochs and --num_epochs."
    ]


def _said(folder: CampaignFolder, plan: Plan, number: int) -> str:
    lines = folder.run(plan, number).fact("derive", "in_words", list) or []
    return " ".join(map(str, lines))


def _of_one_search(plan: Plan) -> list[str]:
    counts = collections.Counter(j.method for j in plan.jobs if j.mode == jobs.SEARCH)
    if plan.mode not in _OF_METHODS or max(counts.values(), default=0) != 1:
        return []
    return [
        "With one search nothing can be concluded about a method: give "
        "--compare_search_seeds, and another --output_dir."
    ]


def _counted(count: int, mode: str) -> str:
    return f"{count} {_NOUNS[mode][count > 1]}"
