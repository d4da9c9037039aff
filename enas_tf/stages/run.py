"""The composition root: from a command to its stages."""

import logging as std_logging
import pathlib
import signal
from collections.abc import Callable

import tensorflow as tf
import threadpoolctl
from absl import logging

from enas_tf.command.request import Request
from enas_tf.config import modes
from enas_tf.config.modes import Mode
from enas_tf.machine import notes as machine_notes
from enas_tf.machine import tensorflow_state
from enas_tf.nn import sums
from enas_tf.run import lines
from enas_tf.run.finite import NotFinite
from enas_tf.stages import search as search_stage
from enas_tf.stages import summary, tried_ops
from enas_tf.stages import train as train_stage
from enas_tf.training.stopping import Interrupted

PACKAGE = str(pathlib.Path(__file__).parents[1])
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
      SystemExit: stopped by a signal (128 + its number) or by a loss or weight that
        is not a number (1), after one line that says how to go on.
    """
    _set_up_logging()
    tensorflow_state.start(request.machine)
    for note in machine_notes.notes(request.machine, tensorflow_state.held()):
        logging.warning("%s", note)
    if request.configs["search"].run.deterministic:
        tf.config.experimental.enable_op_determinism()
        sums.keep_whole()
    with request.folder.noted():
        _run_steps(request, modes.MODES[request.mode])


def _run_steps(request: Request, mode: Mode) -> None:
    try:
        # NumPy's sums, too, are rounded by the number of threads that share them.
        with threadpoolctl.threadpool_limits(1, user_api="blas"):
            tried_ops.refuse_wrong(request)
            for step in mode.steps:
                STEPS[step](request)
        if mode.sums_up:
            summary.log(request)
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
        raise SystemExit(1) from None


def _say_how_to_go_on(request: Request, stopped: str) -> None:
    again = request.command_line(without=["reset_output_dir"])
    logging.info("%s To go on: %s", stopped, again)


def _set_up_logging() -> None:
    """Lines with the time of day; of the libraries, only what they warn of."""
    handler = logging.get_absl_handler()
    handler.setFormatter(lines.Formatter())
    handler.addFilter(_is_for_the_user)
    logging.set_verbosity(logging.INFO)


def _is_for_the_user(record: std_logging.LogRecord) -> bool:
    if PACKAGE in record.pathname:
        return True
    # TFDS warns of its own deprecations, and of a folder that it then goes without.
    chatty = "tensorflow_datasets" in record.pathname
    return record.levelno >= (std_logging.ERROR if chatty else std_logging.WARNING)
