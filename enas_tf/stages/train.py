"""The stages that deal with one final child: train, evaluate, export, predict.

What the child is of is known to its `FinalTask` alone.
"""

import functools
import pathlib
from typing import Any

from absl import logging

from enas_tf.command.request import Request
from enas_tf.config.sections import Config
from enas_tf.export import formats
from enas_tf.nn import precision
from enas_tf.run import counters, layout, lines
from enas_tf.run.folder import RunFolder
from enas_tf.run.report import Report
from enas_tf.stages import (
    assembly,
    curves,
    devices,
    earlier,
    final_stage,
    final_tasks,
    pages,
    same_machine,
    summary,
    tested,
    told_formats,
)
from enas_tf.stages.final_stage import FinalStage
from enas_tf.tasks.final import FinalTask
from enas_tf.training import retrain


def train(request: Request) -> None:
    """Train the architecture from scratch, or go on; test it once; export it."""
    request = assembly.with_arc(request)
    config, folder = request.configs["train"], request.folder
    with assembly.report(request, "train") as report:
        folder.bind_settings("train", config)
        same_machine.bind(request, "train", report)
        replicas = devices.bind(request, "train", report)
        stage = final_stage.build(request, config, report, replicas)
        position = stage.driver.position
        assembly.extend_training(request, stage.driver, report, stage.total_steps)
        earlier.log_changes(request, "train", position[counters.EPOCH])
        report.begin_trial(config)
        report.begin("train", stage.total_steps, position[counters.CHILD])
        with stage.driver.stoppable():
            with summary.timed(folder, "train", goes_on=True):
                _train(request, stage, report)
            report.finish()
            stage.final.settle()
            figure = _test_once(request, stage, report)
            stage.driver.stop.check()
            stage.driver.stop.moment = "after the export, whose files are kept whole"
            with summary.timed(folder, "export"):
                write_export(folder, config, stage.final, report)
            report.trial_figures({f"test_{stage.final.measure.name}": figure})
            report.end_trial()
            curves.after_stage(request, "train")


def evaluate(request: Request) -> None:
    """Tell all there is of a finished run's test; measure it if it never was.

    Other data are measured, and so are the same with --evaluate_again.
    """
    folder = request.folder
    with assembly.muted_report(request) as report:
        stage = _finished(request, report)
        moves = functools.partial(assembly.progress_callback, report, stage.driver)
        found = tested.again(request, report, stage.final, data=stage.data, moves=moves)
    folder.record("evaluate", **found)


def export(request: Request) -> None:
    """Write a finished run's model anew."""
    with assembly.muted_report(request) as report:
        final = _finished(request, report).final
        write_export(request.folder, request.configs["train"], final, report)


def predict(request: Request) -> None:
    """Say what an exported model answers to a file, or to those in a folder."""
    config = request.configs["train"]
    source = pathlib.Path(config.run.input).expanduser()
    name = config.run.export_format or formats.ASKED
    for line in final_tasks.of(config).predict(request.folder.final, source, name):
        logging.info("%s", line)


def _train(request: Request, stage: FinalStage, report: Report) -> None:
    moves = functools.partial(assembly.checked, stage.driver)

    def after_epoch(epoch: int) -> None:
        stage.final.after_epoch(epoch, report, moves)
        pages.after_epoch(request)

    retrain.retrain(
        stage.epochs,
        stage.driver,
        num_epochs=request.configs["train"].loop.num_epochs,
        after_epoch=after_epoch,
    )


def _test_once(request: Request, stage: FinalStage, report: Report) -> float:
    """The test figure; measured once per length, and then read from run.json."""
    final = stage.final
    moves = functools.partial(assembly.progress_callback, report, stage.driver)
    return tested.once(
        request.folder,
        request.configs["train"],
        report,
        measure=final.measure,
        weights=final.weights,
        trained=stage.driver.has_stepped,
        test=lambda: final.test(report, moves),
        facts=lambda: {**final.facts(), "steps": stage.total_steps},
        keep=lambda of: final.keep(request.folder, of),
        mode=request.mode,
        data=stage.data,
        words=final.test_of,
    )


def write_export(
    folder: RunFolder, config: Config, final: FinalTask[Any], report: Report
) -> None:
    """Export a settled child into the run's folder, and say so."""
    difference = final.export(folder.final, told_formats.wanted(folder, config))
    model = "its weights in float32" if precision.is_lower() else "the trained model"
    report.message(
        f"Exported {layout.KERAS_FILE} and {layout.SAVED_MODEL} to "
        f"{lines.shown(folder.final)}; largest difference to {model} {difference:.1e}."
    )
    told_formats.tell(folder, config)


def _finished(request: Request, report: Report) -> FinalStage:
    """A run whose training has ended, with the weights that are tested."""
    stage = final_stage.build(request, request.configs["train"], report)
    assembly.refuse_unfinished(request, stage.driver)
    stage.final.settle()
    return stage
