"""The best arcs of a search, trained from scratch, and the best of them by validation.

By the networks, the recipe and the loop of --mode=train, but for its data.
"""

import functools
import time

import numpy as np

from enas_tf.arcs.fixed import FixedArc
from enas_tf.command.request import Request
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config
from enas_tf.run import counters, finite, progress
from enas_tf.run.measures import Measure
from enas_tf.run.report import Report
from enas_tf.search.arc_scores import Scores
from enas_tf.stages import assembly, candidates, recipe, retrained
from enas_tf.stages.retrained import Journal, Retrained
from enas_tf.stages.search_stage import SearchStage
from enas_tf.training import retracing, retrain
from enas_tf.training.child import ChildTrainer
from enas_tf.training.driver import Driver
from enas_tf.training.epochs import ChildEpochs
from enas_tf.training.validation import Validated


def settings(request: Request) -> Config:
    """Those of each training, but for its arc."""
    derive, config = request.configs["search"].derive, recipe.of(request).config
    epochs = derive.retrain_epochs
    return config_lib.replace(config, dict(num_epochs=epochs, child_lr_T_0=epochs))


def refuse_unfit(request: Request) -> None:
    """Refuse, before a search begins, trainings behind it that could not be.

    Raises:
      ConfigError: their settings do not fit the data.
    """
    if request.configs["search"].derive.retrain_top:
        config = settings(request)
        candidates.of(config).check_fits(config)


def best_first(
    request: Request, stage: SearchStage, tokens: np.ndarray, report: Report
) -> list[Retrained]:
    """Train each arc ([K, T]), or know it from an earlier command; best first."""
    config, rank_by = settings(request), request.configs["search"].derive.rank_by
    journal = Journal(request.folder, retrained.checksum(config, stage.data))
    texts = [stage.space.text(stage.space.decode(row)) for row in tokens]
    found: list[Retrained] = []
    retracing.hush()
    for number, (row, text) in enumerate(zip(tokens, texts, strict=True), start=1):
        where = f"{number} of {len(tokens)}"
        one = known = journal.known(text)
        if one is None:
            later = sum(journal.known(other) is None for other in texts[number:])
            fixed = FixedArc(text, stage.space.decode(row))
            one = _train(request, stage, config, fixed, where=where, later=later)
            journal.keep(one)
        report.message(
            _in_words(one, where, stage.task.measure, kept=known is not None)
        )
        found.append(one)
    worth = [
        _worth(stage, one, row, rank_by) for one, row in zip(found, tokens, strict=True)
    ]
    return [found[place] for place in np.argsort(-np.array(worth), kind="stable")]


def _worth(
    stage: SearchStage, one: Retrained, tokens: np.ndarray, rank_by: str
) -> float:
    """What the arc [T] is ranked by; more is better."""
    if one.found is None or not stage.paying.ranks:
        return one.worth(rank_by, stage.task.measure)
    values = (np.array([[value]], np.float64) for value in one.found)
    return float(stage.paying.payer.worth(Scores(tokens[np.newaxis], *values))[0, 0])


def _in_words(one: Retrained, where: str, measure: Measure, *, kept: bool) -> str:
    """What a training came to; `kept`: it is one of an earlier command."""
    took = progress.duration(one.seconds)
    said = "its loss became no number"
    if one.found:
        said = f"validation {measure.name} {measure.words(one.found.measured)}"
    how = f"trained from scratch in {took}"
    if kept:
        how = f"was trained from scratch by an earlier command, in {took}, kept"
    return f"Arc {where} {how}: {said}."


def _train(
    request: Request,
    stage: SearchStage,
    config: Config,
    fixed: FixedArc,
    *,
    where: str,
    later: int,
) -> Retrained:
    """One training, from its first step to its validation; `later` more follow."""
    began = time.monotonic()
    shows = request.configs["search"].run.progress
    with assembly.muted_report(request, progress=shows) as report:
        try:
            found = _validated(request, stage, config, fixed, report, where, later)
        except finite.NotFinite:
            found = None
    if found and not np.isfinite(found).all():
        found = None
    return Retrained(fixed.text, found, round(time.monotonic() - began, 1))


def _validated(
    request: Request,
    stage: SearchStage,
    config: Config,
    fixed: FixedArc,
    report: Report,
    where: str,
    later: int,
) -> Validated:
    config = config_lib.replace(config, dict(child_fixed_arc=fixed.text))
    final = candidates.of(config)(config, fixed, bind=lambda data: None)
    trainer = ChildTrainer(
        final.network,
        final.task,
        config.child,
        lessons=final.lessons,
        jit_compile=config.loop.jit_compile,
    )
    driver = assembly.unsaved_driver(
        report, stop=stage.driver.stop, log_every=config.loop.log_every
    )
    total = final.lessons.steps_before(config.loop.num_epochs)
    left = functools.partial(_announce, request, report, driver, total, later)
    moves = functools.partial(assembly.checked, driver)
    report.message(f"Arc {where}, from scratch: {final.describe()[-1]}")
    report.begin(f"arc {where}", total)
    retrain.retrain(
        ChildEpochs(trainer, driver, report, config.child, timed=left),
        driver,
        num_epochs=config.loop.num_epochs,
        after_epoch=lambda epoch: final.after_epoch(epoch, report, moves),
    )
    report.finish()
    final.settle()
    return final.validate(moves)


def _announce(
    request: Request, report: Report, driver: Driver, total: int, later: int
) -> None:
    """Say how long this training, and those after it, will take if alike."""
    left = total * (1 + later) - driver.position[counters.CHILD]
    seconds = left * driver.seconds_per_step[counters.CHILD]
    assembly.announce(report, "retraining", seconds, request)
