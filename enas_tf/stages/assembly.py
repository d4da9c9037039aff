"""The parts that every stage is put together from: spaces, driver, report."""

import contextlib
import pathlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence

import tensorflow as tf

from enas_tf import plots
from enas_tf.arcs import argument as arc_argument
from enas_tf.arcs.fixed import FixedArc
from enas_tf.command.request import Request
from enas_tf.config.sections import ConfigError
from enas_tf.run import best_arc, counters, disk, layout, more_epochs, progress
from enas_tf.run.checkpoint import Checkpoint
from enas_tf.run.folder import RunFolder
from enas_tf.run.report import Report
from enas_tf.stages import space_builders
from enas_tf.training import stopping
from enas_tf.training.driver import Driver
from enas_tf.training.unsaved import ReadOnly, Unsaved

SPACES = space_builders.SPACES


def report(request: Request, stage: str) -> Report:
    """The report of `stage` of the request's run."""
    run = request.configs[stage].run
    return Report(
        request.folder.path,
        stage=stage,
        progress=run.progress,
        verbose=run.verbose,
        line=request.caller.line if request.caller else None,
    )


@contextlib.contextmanager
def muted_report(request: Request, *, progress: bool = False) -> Iterator[Report]:
    """The voice of a mode that looks at a run: it speaks, and leaves no logs there.

    With `progress` it also draws a progress line.
    """
    with tempfile.TemporaryDirectory() as nowhere:
        folder = pathlib.Path(nowhere)
        with Report(folder, stage=request.mode, progress=progress) as report:
            yield report


def with_arc(request: Request) -> Request:
    """The request with the arc that its search has just derived, if it had none."""
    return request if request.fixed else request.with_arc(fixed_arc(request))


def fixed_arc(request: Request) -> FixedArc:
    """The arc to train: the one that was asked for, or else was derived.

    Raises:
      ConfigError: there is none.
    """
    if request.fixed:
        return request.fixed
    train, value = request.configs["train"], best_arc.value(request.folder)
    if value is None:
        raise best_arc.missing(request.folder)
    return arc_argument.fixed_arc(value, train.run.search_for, train.child)


def driver(
    request: Request,
    stage: str,
    report: Report,
    groups: Mapping[str, Sequence[tf.Variable]],
    counters: Sequence[str],
    *,
    means: Sequence[tf.Variable],
    free: Sequence[tf.Variable],
) -> Driver:
    """The driver of `stage`; `groups` and `means` are all that its checkpoints hold.

    `free`: those in `groups` that are no weights.
    """
    folder = request.folder
    checkpoint = Checkpoint(
        folder.checkpoints(stage),
        groups=groups,
        counters=counters,
        optional=dict(means=means),
        free=free,
        begun=folder.has_checkpoint(stage),
        note=lambda: folder.note_saved(stage),
    )
    config = request.configs["train" if stage == "train" else "search"]
    found = Driver(
        checkpoint if request.writes else ReadOnly(checkpoint),
        report,
        log_every=config.loop.log_every,
        checkpoint_every=config.run.checkpoint_every_steps,
    )
    found.stop.ends_process = request.caller is None
    return found


def unsaved_driver(report: Report, *, stop: stopping.Stop, log_every: int) -> Driver:
    """The driver of a training beside a search, which begins anew if it is stopped.

    Args:
      report: of the search.
      stop: of the search: a wish to stop is heard here as well.
      log_every: steps between rows.
    """
    found = Driver(
        Unsaved(counters.OF_TRAINING),
        report,
        log_every=log_every,
        checkpoint_every=0,
    )
    found.stop = stop
    found.stop.moment = f"after the first step, {stopping.BUILDING}"
    return found


def restore(driver: Driver, report: Report, stage: str) -> bool:
    """Go to the last checkpoint; drop what was reported after it.

    Without one, all that a command reported that was killed before it.
    """
    begun = driver.restore()
    if report.stage == stage:  # and not a look at it
        _rewind(driver, report, begun=begun)
    if begun:
        where = ", ".join(f"{name} {value}" for name, value in driver.position.items())
        report.message(f"Found a checkpoint of the {stage} stage: {where}.")
    return begun


def _rewind(driver: Driver, report: Report, *, begun: bool) -> None:
    """Drop what was reported of steps after the position, and say what is missing."""
    position = driver.position
    limits = dict(
        child=position[counters.CHILD],
        controller=position.get(counters.CONTROLLER, 0),
    )
    report.rewind(
        lambda kind, step: begun and step <= limits.get(kind, position[counters.EPOCH])
    )
    if limits["child"] >= driver.log_every and not report.holds("child"):
        report.message(f"{layout.METRICS} has no row of the steps so far: it was")
        report.message("removed or damaged. The curves begin here.")


def extend_training(
    request: Request, driver: Driver, report: Report, total_steps: int
) -> None:
    """Keep how many epochs the training is to have from now on: `total_steps`.

    Raises:
      ConfigError: more is trained already.
    """
    folder, asked = request.folder, request.configs["train"].loop.num_epochs
    if driver.position[counters.CHILD] > total_steps:
        trained = max(driver.position[counters.EPOCH], asked + 1)
        raise more_epochs.too_few(asked, trained, str(folder.path))
    begun = folder.settings("train").get("num_epochs", asked)
    if begun != asked:
        report.message(f"Goes on to {asked} epochs; {begun} were asked for before.")
        folder.lengthen("train", asked)


def refuse_unfinished(request: Request, driver: Driver) -> None:
    """Refuse a look at a training that has not come to its end.

    Raises:
      ConfigError: it has not.
    """
    if driver.position[counters.EPOCH] < request.configs["train"].loop.num_epochs:
        raise ConfigError(
            f"--mode={request.mode}: the training in {request.folder.path} is not "
            "finished, or its last checkpoint is damaged. Run --mode=train with this "
            "--output_dir first: it goes on."
        )


def announce(report: Report, label: str, seconds: float, request: Request) -> None:
    """Say how long it will take."""
    has_gpu = bool(tf.config.list_physical_devices("GPU"))
    hint = not any(word.startswith("--preset=cpu") for word in request.command)
    report.message(progress.estimate(label, seconds, has_gpu=has_gpu, preset_hint=hint))


def progress_callback(
    report: Report, driver: Driver, what: str
) -> Callable[[int], None]:
    """Moves the progress line by so much, and stops there if that was asked for.

    `what` is being worked on, in words; it was built in its first call.
    """
    driver.stop.moment = f"after {what}, {stopping.BUILDING}"

    def move(count: int) -> None:
        report.advance(count)
        driver.stop.moment = f"after {what}"
        driver.stop.check()

    return move


def checked(driver: Driver, what: str) -> Callable[[int], None]:
    """The same beside the steps of an epoch, whose progress line stays as it is."""
    driver.stop.moment = f"after {what}"
    return lambda count: driver.stop.check()


def draw_curves(folder: RunFolder) -> None:
    """Draw curves.png from metrics.jsonl."""
    with disk.refusals(folder.curves):
        plots.draw_curves(folder.metrics, folder.curves)
