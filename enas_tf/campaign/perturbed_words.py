"""What the neighbours of an arc came to, in plain words."""

from collections.abc import Sequence

import numpy as np

from enas_tf.campaign.perturbed import Gain, Perturbed
from enas_tf.run.measures import Measure

_BY_CHANCE = 2.5  # of a hundred intervals lie above zero where nothing differs


def words(found: Perturbed) -> list[str]:
    """Whether it is locally optimal, how many are better or worse; all, best first."""
    ranked = [f"  {one.gain:+.4f}{_bounds(one)}  {one.note}" for one in found.gains]
    return [*optimal(found), _counted(found), *_decisive(found), *ranked]


def optimal(found: Perturbed) -> list[str]:
    """The sentence on the arc, and what it must not be read without."""
    better = [one for one in found.gains if one.gain > 0]
    if all(one.bounds for one in found.gains):
        return _by_intervals(found, better)
    if better:
        told = f"Not locally optimal by these scores: {_some(better)} did better."
    else:
        told = "Locally optimal by these scores: no neighbour did better."
    return [told + _tried(found), _of_few_trainings(found)]


def unit(measure: Measure) -> str:
    """What a change of a hundredth of a score is, in words."""
    if measure.sign > 0:
        return f"percentage points of test {measure.name}"
    return f"hundredths of a nat (1: a test {measure.name} that is 1 % lower)"


def _by_intervals(found: Perturbed, better: Sequence[Gain]) -> list[str]:
    clear = [one for one in found.gains if one.outcome > 0]
    count = len(found.gains)
    if clear:
        told = f"Not locally optimal: the intervals of {_some(clear)} lie above zero."
        chance = _BY_CHANCE / 100 * count
        more = [
            f"Of {count} intervals about {chance:.1f} would lie above zero by chance "
            "if no neighbour differed from the arc."
        ]
        return [told + _tried(found), *more]
    if better:
        told = (
            "Locally optimal as far as can be told: no neighbour is distinguishably "
            f"better, though {_some(better)} did better on average."
        )
    else:
        told = "Locally optimal: no neighbour did better, on average of its trainings."
    return [told + _tried(found)]


def _of_few_trainings(found: Perturbed) -> str:
    if found.trainings > 1:
        return "Some neighbours have no interval: it needs two trainings that differ."
    return (
        "Each was trained from one seed, so differences may be noise of the trainings; "
        "--compare_retrain_seeds=3, in another --output_dir, gives intervals."
    )


def _tried(found: Perturbed) -> str:
    count = len(found.gains)
    if count >= found.every:
        return ""
    return f" ({count} of its {found.every} neighbours were trained.)"


def _counted(found: Perturbed) -> str:
    times = "once" if found.trainings == 1 else f"{found.trainings} times"
    better = [one.gain for one in found.gains if one.gain > 0]
    worse = [one.gain for one in found.gains if one.gain < 0]
    return (
        f"Of {len(found.gains)} neighbours, each trained {times}, {_share(better)} did "
        f"better and {_share(worse)} worse than the arc."
    )


def _decisive(found: Perturbed) -> list[str]:
    """The decision whose change costs most."""
    worst = min(found.decisions, key=lambda one: one.gain)
    if worst.gain >= 0 or len(found.decisions) < 2:
        return []
    mean = f"{worst.gain:+.4f}, the mean of {_listed(worst.neighbours)}"
    return [
        f"The decision that matters most by these scores is {worst.name}: another "
        f"choice changes the score by {mean}."
    ]


def _some(gains: Sequence[Gain]) -> str:
    return _listed(len(gains))


def _listed(count: int) -> str:
    return "1 neighbour" if count == 1 else f"{count} neighbours"


def _share(gains: Sequence[float]) -> str:
    by = f" (by {np.mean(np.abs(gains)):.4f} on average)" if gains else ""
    return f"{len(gains)}{by}"


def _bounds(one: Gain) -> str:
    return f" ({one.bounds[0]:+.4f} to {one.bounds[1]:+.4f})" if one.bounds else ""
