"""What the neighbours of an arc came to, in plain words."""

from collections.abc import Sequence

import numpy as np

from enas_tf.campaign.perturbed import Decision, Gain, Perturbed
from enas_tf.run.measures import Measure

_BY_CHANCE = 2.5  # of a hundred intervals lie above zero where nothing differs


def words(found: Perturbed) -> list[str]:
    """Whether it is locally optimal, how many are better or worse; all, best first."""
    ranked = [f"  {one.gain:+.4f}{_bounds(one)}  {one.note}" for one in found.gains]
    return [*optimal(found), _counted(found), *_decisive(found), *ranked]


def optimal(found: Perturbed) -> list[str]:
    """The sentence on the arc, and what it must not be read without."""
    told = [_verdict(found)]
    if any(one.outcome > 0 for one in found.gains):
        told.append(_chance(len(found.gains)))
    if not all(one.bounds for one in found.gains):
        told.append(_of_few_trainings(found))
    return told


def unit(measure: Measure) -> str:
    """What a change of a hundredth of a score is, in words."""
    if measure.sign > 0:
        return f"percentage points of test {measure.name}"
    return f"hundredths of a nat (1: a test {measure.name} that is 1 % lower)"


def _verdict(found: Perturbed) -> str:
    """Locally optimal is what neighbours are told to be worse than."""
    better = [one for one in found.gains if one.outcome > 0]
    worse = [one for one in found.gains if one.outcome < 0]
    if better:
        told = f"Not locally optimal: the intervals of {_some(better)} lie above zero."
        return told + _tried(found)
    if not worse:
        return f"Not distinguishable at this budget from {_trained(found)}."
    if len(worse) == len(found.gains):
        return _all_worse(found)
    return _some_worse(found, worse)


def _all_worse(found: Perturbed) -> str:
    if len(found.gains) < found.every:
        return (
            "Locally optimal among the neighbours that were trained, which are all "
            f"worse.{_tried(found)}"
        )
    return "Locally optimal: all neighbours are worse."


def _some_worse(found: Perturbed, worse: Sequence[Gain]) -> str:
    """None is better; the gain that could have been overlooked is named."""
    bounds = [one.bounds for one in found.gains if one.bounds]
    if len(found.gains) >= found.every == len(bounds):
        most = max(high for _, high in bounds)
        return (
            f"Locally optimal but for gains of less than {most:.4f}: {len(worse)} of "
            f"{_some(found.gains)} did worse, and no interval reaches above that."
        )
    return (
        f"Worse than the arc: {len(worse)} of {_trained(found)}. The others are not "
        "distinguishable from it at this budget."
    )


def _chance(count: int) -> str:
    return (
        f"Of {count} intervals about {_BY_CHANCE / 100 * count:.1f} would lie above "
        "zero by chance if no neighbour differed from the arc."
    )


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


def _trained(found: Perturbed) -> str:
    if len(found.gains) >= found.every:
        return f"its {_some(found.gains)}"
    verb = "was" if len(found.gains) == 1 else "were"
    return f"the {_some(found.gains)} that {verb} trained, of {found.every}"


def _counted(found: Perturbed) -> str:
    times = "once" if found.trainings == 1 else f"{found.trainings} times"
    better = [one.gain for one in found.gains if one.gain > 0]
    worse = [one.gain for one in found.gains if one.gain < 0]
    return (
        f"Of {len(found.gains)} neighbours, each trained {times}, {_share(better)} did "
        f"better and {_share(worse)} worse than the arc."
    )


def _decisive(found: Perturbed) -> list[str]:
    """The decision whose change does most, of those that are told apart."""
    if len(found.decisions) < 2:
        return []
    clear = [one for one in found.decisions if one.outcome]
    if not clear:
        least, most = (pick(found.decisions, key=_change) for pick in (min, max))
        return [
            "No decision is told apart: another choice changes the score by between "
            f"{least.gain:+.4f} ({least.name}) and {most.gain:+.4f} ({most.name})."
        ]
    first = max(clear, key=lambda one: abs(one.gain))
    of_all = f"{len(clear)} of {len(found.decisions)} decisions"
    return [
        f"The decision that matters most is {first.name}: another choice changes the "
        f"score by {first.gain:+.4f}{_bounds(first)}, the mean of "
        f"{_listed(first.neighbours)}. {of_all} {'is' if len(clear) == 1 else 'are'} "
        "told apart."
    ]


def _change(one: Decision) -> float:
    return one.gain


def _some(gains: Sequence[Gain]) -> str:
    return _listed(len(gains))


def _listed(count: int) -> str:
    return "1 neighbour" if count == 1 else f"{count} neighbours"


def _share(gains: Sequence[float]) -> str:
    by = f" (by {np.mean(np.abs(gains)):.4f} on average)" if gains else ""
    return f"{len(gains)}{by}"


def _bounds(one: Gain | Decision) -> str:
    return f" ({one.bounds[0]:+.4f} to {one.bounds[1]:+.4f})" if one.bounds else ""
