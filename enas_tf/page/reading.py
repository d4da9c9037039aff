"""The modes that read folders of runs: report and runs. No TensorFlow."""

import os
import pathlib
from collections.abc import Mapping

from absl import logging

from enas_tf.command import checks, request
from enas_tf.config import modes
from enas_tf.config.sections import ConfigError, RunConfig
from enas_tf.page import kept, runs, runs_forms, write
from enas_tf.run import lines

_EVERY_MODE = ("mode", "output_dir", "plugin")
_OUTPUTS = "outputs"  # where runs are that were given no folder


def carry_out(given: Mapping[str, object]) -> str:
    """What the mode has to say, a text for standard output.

    Args:
      given: flag name to value, as the user wrote them.

    Raises:
      ConfigError: the folder is not there, holds no run, or cannot be read or written.
    """
    checks.check_not_empty(given)
    run = request.run_settings(given)
    for name in given:
        if name not in (*_EVERY_MODE, *modes.READING[run.mode]):
            logging.warning(
                "--%s has no effect here: --mode=%s reads a run.", name, run.mode
            )
    return _runs(run, given) if run.mode == "runs" else _report(run)


def _report(run: RunConfig) -> str:
    folder = pathlib.Path(os.path.expanduser(run.output_dir))
    for sentence in kept.damaged(folder):
        logging.warning("%s", sentence)
    return f"Written: {lines.shown(write.page(folder))}"


def _runs(run: RunConfig, given: Mapping[str, object]) -> str:
    top = str(given.get("output_dir", _OUTPUTS))
    folder = pathlib.Path(os.path.expanduser(top))
    if not folder.is_dir():
        kind = "is a file" if folder.exists() else "does not exist"
        raise ConfigError(
            f"--output_dir={top} {kind}: --mode=runs needs a folder with runs below it."
            " Name one."
        )
    return runs_forms.FORMS[run.runs_format](runs.below(folder))
