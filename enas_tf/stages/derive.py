"""The end of a search: arcs are scored, compared, and the best one is chosen and kept.

It may be done again, as --mode=derive, from the same checkpoint.
"""

from collections.abc import Callable
from typing import Any

from enas_tf.command.request import Request
from enas_tf.config.sections import Config
from enas_tf.run import finite
from enas_tf.run.report import Report
from enas_tf.search import arc_scores
from enas_tf.search import derive as derive_lib
from enas_tf.search.contrasts import Contrasts
from enas_tf.search.derived import Derived
from enas_tf.stages import (
    assembly,
    evolved,
    keep_derived,
    neutral,
    pareto,
    recipe,
    retrain_top,
    summary,
)
from enas_tf.stages import paying as paying_lib
from enas_tf.stages.evolved import Evolved
from enas_tf.stages.search_stage import SearchStage
from enas_tf.tasks.base import Lessons, Task
from enas_tf.training import forecast, stopping
from enas_tf.training.driver import Driver

ANNOUNCED_SECONDS = 60  # what is shorter is over before its announcement is read


def num_rows(request: Request, task: Task[Any], lessons: Lessons[Any]) -> int:
    """The work of deriving in forward passes, but for trainings from scratch.

    Arcs times the batches that each is scored on; a training step is as many passes as
    take its time.
    """
    derive, rows = request.configs["search"].derive, num_scored(request, task)
    if not derive.neutral_epochs:
        return rows
    steps = derive.neutral_epochs * lessons.steps_before(1)
    bred = derive.evolution * _num_batches(request, task)  # not scored again
    return 2 * rows - bred + forecast.as_passes(steps)


def num_scored(request: Request, task: Task[Any]) -> int:
    """Arcs times the batches that each is scored on, once."""
    derive = request.configs["search"].derive
    arcs = (2 + derive.size_control) * derive.num_samples + derive.evolution
    return arcs * _num_batches(request, task)


def _num_batches(request: Request, task: Task[Any]) -> int:
    """Of those that choose, which every arc is scored on."""
    config = request.configs["search"]
    derive, batch = config.derive, config.loop.batch_size
    choosing = arc_scores.num_choosing(derive.batches, task.size("valid"), batch)
    return -(-choosing // batch)


def best_arc(request: Request, stage: SearchStage, report: Report) -> None:
    """Choose the best arc, write it down, and say what was found."""
    derive, trained_top = request.configs["search"].derive, []
    with summary.timed(request.folder, "derive"):
        derived, evened = _derived(request, stage, report), None
        bred = _evolved(request, stage, report) if derive.evolution else None
        if derive.neutral_epochs:
            evened = _under_neutral(request, stage, derived, report)
        if derive.retrain_top:
            best = derived.different.tokens[: derive.retrain_top]
            trained_top = retrain_top.best_first(request, stage, best, report)
    stage.driver.stop.moment = "after the best arc is written and drawn"
    found = keep_derived.Found(derived, evened, trained_top, bred)
    keep_derived.keep(request, stage, found, report)
    pareto.draw(request, stage, report)


def _derived(request: Request, stage: SearchStage, report: Report) -> Derived:
    config, paying = request.configs["search"], stage.paying
    part = assembly.SPACES[config.run.search_for]
    counted = paying_lib.final_config if paying.costs else _of_recipe
    derived = derive_lib.derive(
        stage.controller,
        stage.scorer,
        config.derive,
        space=stage.space,
        valid_size=stage.task.size("valid"),
        batch_size=config.loop.batch_size,
        seed=config.run.seed,
        progress=_progress(report, request, stage.driver),
        costs_of=part.costs(counted(request), stage.data),
        pays=paying.payer.worth if paying.ranks else None,
    )
    report.finish()
    return derived


def _of_recipe(request: Request) -> Config:
    return recipe.of(request).config


def _evolved(request: Request, stage: SearchStage, report: Report) -> Evolved:
    found = evolved.arcs(request, stage, _progress(report, request, stage.driver))
    report.finish()
    return found


def _under_neutral(
    request: Request, stage: SearchStage, derived: Derived, report: Report
) -> Contrasts | None:
    """The same comparisons under neutral weights; None where these are no numbers."""
    config = request.configs["search"]
    try:
        with neutral.weights(request, stage):
            found = derive_lib.again(
                derived,
                stage.scorer,
                config.derive,
                valid_size=stage.task.size("valid"),
                batch_size=config.loop.batch_size,
                seed=config.run.seed,
                progress=_progress(report, request, stage.driver),
            )
    except finite.NotFinite:
        report.message("The neutral weights became no numbers: no comparison.")
        return None
    report.finish()
    return found


def _progress(
    report: Report, request: Request, driver: Driver
) -> Callable[[int, int, float], None]:
    """Shows how far the scoring is, where it can be stopped; the second call is the
    first without tracing."""
    seen: list[tuple[int, float]] = []
    # After a search the graph is there; a command that only derives builds it first.
    built = forecast.EVALUATION in driver.pace.first
    driver.stop.moment = "after these arcs" + (
        "" if built else f", {stopping.BUILDING}"
    )

    def show(done: int, total: int, seconds: float) -> None:
        if not seen:
            report.begin("derive", total, unit="row")
        report.advance(done - (seen[-1][0] if seen else 0))
        seen.append((done, seconds))
        if len(seen) == 2:
            (before, began), (after, ended) = seen
            left = (ended - began) / (after - before) * (total - done)
            if left > ANNOUNCED_SECONDS:
                assembly.announce(report, "derive", left, request)
        driver.stop.moment = "after these arcs"
        driver.stop.check()

    return show
