"""The composition root: from a command to its stages."""

import signal
from collections.abc import Callable

import scipy.linalg  # noqa: F401  its BLAS is its own, and is limited below once loaded
import threadpoolctl
from absl import logging

from enas_tf.command.request import DryRun, Request
from enas_tf.config import modes
from enas_tf.machine import notes as machine_notes
from enas_tf.machine import slow_types, tensorflow_state
from enas_tf.nn import graph_passes, precision, sums
from enas_tf.run import lines
from enas_tf.run.finite import NotFinite
from enas_tf.stages import curves, dry_run, pages, summary, tried_ops, workers
from enas_tf.stages import search as search_stage
from enas_tf.stages import train as train_stage
from enas_tf.training.stopping import Interrupted

# By the names in `Mode.steps`.
STEPS: dict[str, Callable[[Request], None]] = dict(
    search=search_stage.search,
    derive=search_stage.derive,
    train=train_stage.train,
    evaluate=train_stage.evaluate,
    export=train_stage.export,
    predict=train_stage.predict,
)


def run(request: Request) -> None:
    """Run the command.

    Raises:
      ConfigError: a user's mistake that only the data or the folder could show.
      SystemExit: stopped by a signal (128 + its number), or by a loss or weight that
        is not a number or a worker that is gone (1), after one line that says how to
        go on; or a dry run found too little memory or disk (3).
    """
    _set_up_logging()
    # In the program's own process alone: a library user's graphs are left as they are.
    if not (request.machine.remapping or tensorflow_state.gpu()):
        graph_passes.go_once()
    if not request.writes:
        workers.fall_silent(request)
    if request.dry_run:
        _run_dry(request, request.dry_run)
        return
    with request.folder.noted():
        try:
            carry_out(request)
        except Interrupted as stop:
            _say_how_to_go_on(request, "Stopped, with a checkpoint.")
            raise SystemExit(128 + stop.number) from None
        except KeyboardInterrupt:
            _say_how_to_go_on(request, "Stopped at once.")
            raise SystemExit(128 + signal.SIGINT) from None
        except SystemExit:  # SIGTERM, where nobody waits for a good moment
            _say_how_to_go_on(request, "Stopped at once.")
            raise
        except NotFinite as error:
            logging.error("%s", error)
            _say_what_is_kept(request)
            raise SystemExit(1) from None
        except workers.LOST as error:
            if not request.cluster:
                raise
            logging.error("%s", workers.lost(error))
            _say_how_to_go_on(request, "Nothing that was saved is lost.")
            raise SystemExit(1) from None


def _run_dry(request: Request, asked: DryRun) -> None:
    set_conditions(request)
    try:
        dry_run.run(request, asked)
    except NotFinite as error:
        logging.error("%s", error)
        raise SystemExit(1) from None


def carry_out(request: Request) -> None:
    """Run the command, of a shell or of a Python program.

    Raises:
      ConfigError: as above.
      Interrupted: stopped by a signal, with a checkpoint.
      NotFinite: a loss or a weight is not a number.
    """
    set_conditions(request)
    held, steps = tensorflow_state.held(), modes.MODES[request.mode].steps
    types = [_precision(request, step) for step in steps if step != "predict"]
    for note in machine_notes.notes(request.machine, held):
        logging.warning("%s", note)
    for note in slow_types.notes(types, held):
        logging.warning("%s", note)
    # NumPy's sums, too, are rounded by the number of threads that share them.
    with threadpoolctl.threadpool_limits(1, user_api="blas"):
        tried_ops.refuse_wrong(request)
        for step in steps:
            _take(step, request)
    if modes.MODES[request.mode].sums_up:
        summary.log(request)


def _take(step: str, request: Request) -> None:
    """A step, and the page on what there is behind it."""
    try:
        with precision.scope(_precision(request, step)):
            STEPS[step](request)
    except NotFinite:
        curves.after_stop(request, step)
        raise
    except Interrupted:
        curves.after_stop(request, step)
        pages.after_stop(request)
        raise
    pages.after_stage(request, step)


def _precision(request: Request, step: str) -> str:
    """The type in which the children of a step of a command are computed."""
    stage = "search" if step in ("search", "derive") else "train"
    return request.configs[stage].child.precision


def set_conditions(request: Request) -> None:
    """Set what TensorFlow's bits hang on, as far as it can be set by now."""
    tensorflow_state.start(request.machine)
    if request.configs["search"].run.deterministic:
        tensorflow_state.set_deterministic(True)
        sums.keep_whole()


def _say_how_to_go_on(request: Request, stopped: str) -> None:
    again = request.command_line(without=["reset_output_dir"])
    logging.info("%s To go on: %s", stopped, again)


def _say_what_is_kept(request: Request) -> None:
    """Of a search that cannot go on."""
    folder = request.folder
    searched = folder.fact("search", "epochs", int) is not None
    if "search" in modes.MODES[request.mode].steps and not searched:
        if folder.has_checkpoint("search"):
            derive = request.derive_command()
            logging.info("What was saved before is kept. To derive from it: %s", derive)
        else:
            logging.info("Nothing was saved before.")


def _set_up_logging() -> None:
    """Lines with the time of day; of the libraries, only what they warn of."""
    handler = logging.get_absl_handler()
    handler.setFormatter(lines.Formatter())
    handler.addFilter(lines.is_for_the_user)
    logging.set_verbosity(logging.INFO)
