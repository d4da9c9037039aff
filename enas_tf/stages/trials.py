"""The stages of a command, each tried out, and what follows of the whole command."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from enas_tf.arcs.fixed import FixedArc
from enas_tf.command.request import Request
from enas_tf.config import modes
from enas_tf.run import outlook
from enas_tf.run.folder import RunFolder
from enas_tf.run.outlook import Sample, Span
from enas_tf.spaces.base import SearchSpace
from enas_tf.stages import assembly, timed, trial_search, trial_train
from enas_tf.stages.trial_search import SearchTrial
from enas_tf.stages.trial_train import TrainTrial

THE_ARC = "the arc"
STEPS = "final steps"
# What final children are told of, by percentile of random arcs.
SIZES = {"small": 10, "median": 50, "large": 90}


class Trials(NamedTuple):
    """The stages of a command, tried out.

    Attributes:
      searched: None where nothing is searched or derived.
      trained: final children by what they are of, those of least work first.
    """

    searched: SearchTrial | None
    trained: dict[str, TrainTrial]


def made(request: Request) -> Trials:
    """Try out each stage of the request.

    Raises:
      ConfigError: a mistake that only the data could show.
    """
    stages = modes.MODES[request.mode].stages
    searched = trial_search.search(request) if "search" in stages else None
    top = request.configs["search"].derive.retrain_top
    if "train" not in stages and not top:
        return Trials(searched, {})
    arcs = _arcs(request, searched)
    middle = list(arcs)[len(arcs) // 2]
    trained = {}
    for name, fixed in arcs.items():
        whole = name == middle and "train" in stages
        trained[name] = _trained(request, name, fixed, whole=whole)
    return Trials(searched, trained)


def space(request: Request) -> SearchSpace[Any]:
    """That of the request."""
    config = request.configs[modes.MODES[request.mode].stages[0]]
    return assembly.SPACES[config.run.search_for].space(config)


def precision_of(request: Request) -> str:
    """The type in which its children are computed."""
    return request.configs[modes.MODES[request.mode].stages[-1]].child.precision


def _arcs(request: Request, searched: SearchTrial | None) -> dict[str, FixedArc]:
    """The final children to try: that of the arc, or of random arcs of three sizes."""
    trains = "train" in modes.MODES[request.mode].stages
    if searched is None or (trains and request.folder.has_checkpoint("train")):
        return {THE_ARC: assembly.fixed_arc(request)}
    of, found = space(request), {}
    for name, share in SIZES.items():
        arc = of.decode(searched.tokens[share * len(searched.tokens) // 100])
        found[name] = FixedArc(of.text(arc), arc)
    return found


def _trained(
    request: Request, name: str, fixed: FixedArc, *, whole: bool
) -> TrainTrial:
    """One of the final children; random ones each in a folder of its own."""
    if name == THE_ARC:
        return trial_train.train(request, fixed, request.folder, whole=whole)
    own = RunFolder.claim(request.folder.path.with_name(name), reset=False)
    try:
        return trial_train.train(request, fixed, own, whole=whole)
    finally:
        own.release()


def final_parameters(trials: Trials) -> dict[str, int]:
    """Of random arcs, by percentile; of those that were tried where nobody counts."""
    sizes = trials.searched.final_parameters if trials.searched else None
    if sizes is None or THE_ARC in trials.trained:
        return {name: one.parameters for name, one in trials.trained.items()}
    found = np.percentile(sizes, list(SIZES.values()))
    return dict(zip(SIZES, map(int, found), strict=True))


def seconds(request: Request, trials: Trials, started: Span) -> dict[str, Span]:
    """Of each stage, in the order in which they come; `started`: of imports."""
    found = {"start": started}
    if trials.searched:
        found |= trials.searched.stages
        found["start"] = started.plus(trials.searched.built)
    trained = list(trials.trained.values())
    derive = request.configs["search"].derive
    if trials.searched and trained and derive.retrain_top:
        more = _retraining(trained, derive.retrain_top, derive.retrain_epochs)
        found["derive"] = found["derive"].plus(more)
    if "train" in modes.MODES[request.mode].stages:
        found["train"] = _between([one.stages["train"] for one in trained])
        for one in trained:
            found |= {name: s for name, s in one.stages.items() if name != "train"}
    return found


def _between(spans: Sequence[Span]) -> Span:
    """Of final children from small to large, one of which a search will derive.

    It turns to larger arcs than the median more often than to smaller ones.
    """
    upper = spans[len(spans) // 2 :]
    expected = sum(span.expected for span in upper) / len(upper)
    return Span(
        min(span.low for span in spans), expected, max(span.high for span in spans)
    )


def _retraining(trained: Sequence[TrainTrial], count: int, epochs: int) -> Span:
    """Of `count` arcs that are trained from scratch before one is chosen."""
    spans = [
        timed.once(one.building).plus(one.step.span(epochs * one.steps_of_epoch))
        for one in trained
        if one.step
    ]
    return _between(spans).times(*[float(count)] * 3) if spans else outlook.NOTHING


def bytes_written(trials: Trials) -> int:
    """What the run's folder grows to."""
    trained = max((one.bytes for one in trials.trained.values()), default=0)
    return trained + (trials.searched.bytes if trials.searched else 0)


def rests_on(trials: Trials) -> dict[str, Sample]:
    """What was timed, by kind of work."""
    found = dict(trials.searched.rests_on) if trials.searched else {}
    for name, one in trials.trained.items():
        if one.step:
            found[f"{STEPS} ({name})"] = one.step.sample
    return found
