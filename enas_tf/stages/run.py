"""The composition root: from a command to its stages."""

import logging as std_logging
import pathlib
import signal
from collections.abc import Callable, Sequence

import tensorflow as tf
import threadpoolctl
from absl import logging

from enas_tf.command.request import Request
from enas_tf.config import sections as config_lib
from enas_tf.machine import notes as machine_notes
from enas_tf.machine import tensorflow_state
from enas_tf.nn import sums
from enas_tf.run import lines
from enas_tf.run.finite import NotFinite
from enas_tf.stages import language as language_stage
from enas_tf.stages import search as search_stage
from enas_tf.stages import summary
from enas_tf.stages import train as train_stage
from enas_tf.training.stopping import Interrupted

PACKAGE = str(pathlib.Path(__file__).parents[1])
SUMMED_UP = ("search", "derive", "train", "all")  # modes that end a stage


def run(request: Request) -> None:
    """Do what the command asks.

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
    of_texts = request.configs["search"].run.search_for in config_lib.TEXTS
    one_arc = language_stage if of_texts else train_stage
    stages = dict(
        search=(search_stage.search,),
        derive=(search_stage.derive,),
        train=(one_arc.train,),
        evaluate=(one_arc.evaluate,),
        export=(one_arc.export,),
        predict=(one_arc.predict,),
        all=(search_stage.search, one_arc.train),
    )
    with request.folder.noted():
        _run_stages(request, stages[request.mode])


def _run_stages(request: Request, stages: Sequence[Callable[[Request], None]]) -> None:
    try:
        # NumPy's sums, too, are rounded by the number of threads that share them.
        with threadpoolctl.threadpool_limits(1, user_api="blas"):
            for stage in stages:
                stage(request)
        if request.mode in SUMMED_UP:
            summary.tell(request)
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
