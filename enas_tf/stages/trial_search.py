"""A search tried out: a few units of each of its kinds of work, timed.

By the very stage that a search is, in a folder that is thrown away.
"""

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from enas_tf.command.request import Request
from enas_tf.config.sections import Config
from enas_tf.run import counters, outlook
from enas_tf.run.outlook import Sample, Span
from enas_tf.run.report import Report
from enas_tf.stages import (
    assembly,
    curves,
    timed,
    trial_derive,
    trial_pictures,
    written,
)
from enas_tf.stages import search as search_stage
from enas_tf.stages.search_stage import SearchStage
from enas_tf.stages.timed import Timed
from enas_tf.training import forecast

SECONDS = 10.0  # about, that each kind of work is timed for
KINDS = {
    counters.CHILD: "child steps",
    counters.CONTROLLER: "controller updates",
    forecast.SHOWN: "looks at the policy",
    forecast.EVALUATION: "evaluations",
    forecast.EPOCH_END: "checkpoints",
}
ROWS = "arcs scored"
FEW = 3  # of what is not done by the hundred


class SearchTrial(NamedTuple):
    """What was found.

    Attributes:
      built: seconds until it could begin: data are read, and weights are made.
      stages: seconds of each stage.
      tokens: [N, T], random arcs, those of least work first.
      shared_parameters: of the shared child.
      final_parameters: of the final children of these arcs, [N]; None where the space
        does not count them.
      bytes: of checkpoints, logs and pictures.
      rests_on: what was timed.
    """

    built: Span
    stages: dict[str, Span]
    tokens: np.ndarray
    shared_parameters: int
    final_parameters: np.ndarray | None
    bytes: int
    rests_on: dict[str, Sample]


class _Tried(NamedTuple):
    """Kinds of work that were timed, by kind, and the bytes of all rows of each."""

    kinds: dict[str, Timed]
    logs: float


def search(request: Request) -> SearchTrial:
    """Try out the search, and the deriving, that `request` asks for."""
    began = time.monotonic()
    with assembly.report(request, "search") as report:
        stage = search_stage.build(request, report)
        built, stages = timed.once(time.monotonic() - began), {}
        arcs = trial_derive.arcs(request, stage)
        left = {} if request.mode == "derive" else stage.search.left()
        tried = _tried(stage, left, report, request)
        scored = trial_derive.scored(request, stage, arcs)
        pictures = trial_pictures.drawn(request, stage)
        if request.mode != "derive":
            config = request.configs["search"]
            searched = span_of(config, tried.kinds, left, scored.growth)
            stages["search"] = searched.times(*[1 + pictures.share] * 3)
        step = tried.kinds.get(counters.CHILD)
        derived = trial_derive.derived(request, stage, scored, step)
        stages["derive"] = derived.plus(
            pictures.of_derive(curves=curves.due(request, "search"))
        )
    saved = written.checkpoint(request.folder.checkpoints("search"))
    rests_on = {KINDS[kind]: one.sample for kind, one in tried.kinds.items()}
    return SearchTrial(
        built,
        stages,
        arcs.tokens,
        int(stage.child.parameters.vector.shape[0]),
        None if arcs.costs is None else arcs.costs.parameters,
        saved * written.SAVES + int(tried.logs) + written.below(request.folder.arcs),
        {**rests_on, ROWS: scored.row.sample},
    )


def _tried(
    stage: SearchStage, left: Mapping[str, int], report: Report, request: Request
) -> _Tried:
    """Each kind of work of which some is left."""
    kinds, logs = {}, 0.0
    every = request.configs["search"].loop.log_every
    for kind, units in left.items():
        if not units:
            continue
        many = kind in (counters.CHILD, counters.CONTROLLER)
        before, rows = written.logs(request.folder.path), [0]
        kinds[kind] = timed.some(
            _doing(stage, kind, rows),
            most=units if many else min(units, FEW),
            seconds=SECONDS,
        )
        report.flush()
        grown = (written.logs(request.folder.path) - before) / rows[0]
        logs += grown * (units / every if kind == counters.CHILD else units)
    return _Tried(kinds, logs)


def _doing(stage: SearchStage, kind: str, rows: list[int]) -> Callable[[int], None]:
    """Does units and counts rows; a call of child steps writes one."""

    def do(units: int) -> None:
        stage.search.try_out(kind, units)
        rows[0] += 1 if kind == counters.CHILD else units

    return do


def span_of(
    config: Config, kinds: Mapping[str, Timed], left: Mapping[str, int], growth: float
) -> Span:
    """All that is left of the search.

    A policy begins at random arcs. As it is trained it may turn to larger ones, which
    take `growth` times as long, so half of that is expected on the way there.
    """
    found = outlook.NOTHING
    for kind, one in kinds.items():
        span = one.span(left[kind])
        by_policy = kind != counters.CHILD or config.child.sampling == "policy"
        if config.controller.training and by_policy and kind != forecast.EPOCH_END:
            span = span.times(1.0, (1 + growth) / 2, growth)
        found = found.plus(span).plus(timed.once(one.building))
    return found
