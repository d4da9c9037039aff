"""The training of a final child tried out: a few steps, its test and its export."""

import time
from collections.abc import Callable
from typing import NamedTuple

from enas_tf.arcs.fixed import FixedArc
from enas_tf.command.request import Request
from enas_tf.run import counters, outlook
from enas_tf.run.folder import RunFolder
from enas_tf.run.outlook import Span
from enas_tf.run.report import Report
from enas_tf.stages import assembly, final_stage, tested, timed, written
from enas_tf.stages import train as train_stage
from enas_tf.stages.final_stage import FinalStage
from enas_tf.stages.timed import Timed

SECONDS = 8.0  # about, that steps are timed for
TEST_SECONDS = 20.0  # after which a test is cut short, and the rest reckoned


class TrainTrial(NamedTuple):
    """What was found for one arc.

    Attributes:
      stages: seconds of each stage; of the test and the export if they were tried.
      building: seconds until the second step.
      step: a step; None where none is left.
      steps_of_epoch: how many steps an epoch has.
      parameters: of the final child.
      bytes: of checkpoints, logs and the export.
    """

    stages: dict[str, Span]
    building: float
    step: Timed | None
    steps_of_epoch: int
    parameters: int
    bytes: int


class _Enough(Exception):
    """A test has lasted long enough to know how long all of it takes."""


class _Begun(Report):
    """A report that knows how much work was begun."""

    total = 0

    def begin(self, label: str, total: int, done: int = 0, unit: str = "step") -> None:
        """As a report does; the totals are added up."""
        self.total += total
        super().begin(label, total, done, unit)


def train(
    request: Request, fixed: FixedArc, folder: RunFolder, *, whole: bool
) -> TrainTrial:
    """Try out the training of an arc.

    Args:
      request: of the training.
      fixed: the arc.
      folder: where it is trained; it may hold a training that goes on.
      whole: try the test and the export, too.
    """
    request = request.with_arc(fixed)._replace(folder=folder)
    with _Begun(folder.path, stage="train", progress=False) as report:
        began = time.monotonic()
        stage = final_stage.build(request, request.configs["train"], report)
        built = time.monotonic() - began
        left = stage.total_steps - stage.driver.position[counters.CHILD]
        before = written.logs(folder.path)
        step = _steps(stage, left) if left > 0 else None
        ends = _epoch_ends(request, stage, report) if step else outlook.NOTHING
        logs = (written.logs(folder.path) - before) * _rows(request, left, step)
        spent = ends.plus(step.whole(left)) if step else ends
        # Of a training that is done the network is built for its export alone.
        stages = {"train": timed.once(built).plus(spent) if step else outlook.NOTHING}
        stage.final.settle()
        if whole:
            stages |= _after(request, stage, report, 0.0 if step else built)
        return TrainTrial(
            stages,
            built + (step.building if step else 0.0),
            step,
            stage.final.lessons.steps_before(1),
            int(stage.final.facts().get("parameters", 0)),
            written.SAVES * written.checkpoint(folder.checkpoints("train"))
            + int(logs)
            + written.below(folder.final),
        )


def _steps(stage: FinalStage, left: int) -> Timed:
    return timed.some(stage.epochs.some, most=left, seconds=SECONDS)


def _rows(request: Request, left: int, step: Timed | None) -> float:
    """The rows of the training over those of its trial."""
    every = request.configs["train"].loop.log_every
    return max(1.0, left / every / (len(step.each) + 2)) if step else 1.0


def _epoch_ends(request: Request, stage: FinalStage, report: _Begun) -> Span:
    """What follows each epoch that is left: validation, and a checkpoint."""
    position = stage.driver.position
    epochs = request.configs["train"].loop.num_epochs - position[counters.EPOCH]

    def end(units: int) -> None:
        for _ in range(units):
            stage.final.after_epoch(position[counters.EPOCH], report, _uncut)
            stage.driver.save()

    return timed.some(end, most=min(2, epochs), seconds=0).whole(epochs)


def _after(
    request: Request, stage: FinalStage, report: _Begun, built: float
) -> dict[str, Span]:
    """The test and the export, and the curves that are drawn behind them.

    The export takes the seconds of `built` besides.
    """
    done = _is_tested(request, stage)
    of_test = outlook.NOTHING if done else _tested(stage, report)
    began = time.monotonic() - built
    config = request.configs["train"]
    train_stage.write_export(request.folder, config, stage.final, report)
    assembly.draw_curves(request.folder)
    return {"test": of_test, "export": timed.once(time.monotonic() - began)}


def _is_tested(request: Request, stage: FinalStage) -> bool:
    """Whether the test is in run.json: it is read there, and not measured again."""
    found = tested.before(
        request.folder,
        request.configs["train"],
        measure=stage.final.measure,
        ours=tested.checksum(stage.final.weights),
        trained=stage.driver.has_stepped,
    )
    return found is not None


def _tested(stage: FinalStage, report: _Begun) -> Span:
    """The test, or as much of it as there is time for, and the rest reckoned."""
    done, began = [0], time.monotonic()
    report.total = 0

    def move(count: int) -> None:
        done[0] += count
        if time.monotonic() - began > TEST_SECONDS:
            raise _Enough

    try:
        stage.final.test(report, lambda what: move)
    except _Enough:
        report.finish()
    seconds = time.monotonic() - began
    return timed.once(seconds * max(1.0, report.total / max(1, done[0])))


def _uncut(what: str) -> Callable[[int], None]:
    """`Moves` that never stop."""
    del what
    return lambda count: None
