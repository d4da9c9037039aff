"""One command, carried out inside of a process that is somebody else's.

The same request and the same stages as of the command line. What differs is the end: no
exit status, but an exception; the folder is free again; and what was set for the time
of the command is as it was.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Collection, Iterator, Mapping

from absl import logging

from enas_tf.command import (
    checks,
    effects,
    interrupts,
    keywords,
    quiet,
    request,
    worker_place,
)
from enas_tf.command.request import Request
from enas_tf.config import presets
from enas_tf.config.sections import Config, ConfigError
from enas_tf.data import memory
from enas_tf.library import voice, wording
from enas_tf.library.voice import Progress
from enas_tf.machine import record as machine
from enas_tf.run.caller import Caller
from enas_tf.run.finite import NotFinite


def check(settings: Mapping[str, object]) -> None:
    """Refuse what is wrong whatever the data and the folder: ConfigError."""
    checks.check_not_empty(keywords.read(settings).given)
    config = config_of(settings)
    checks.check(config)
    checks.check_reward(config)


def config_of(settings: Mapping[str, object]) -> Config:
    """The settings of a search that begins with them."""
    read = keywords.read(settings)
    run = request.run_settings(read.given)
    return presets.resolve(run.search_for, "search", read.preset or "paper", read.given)


@contextlib.contextmanager
def asked(
    settings: Mapping[str, object],
    progress: Progress,
    source: memory.Source | None = None,
    *,
    named: Collection[str] | None = None,
) -> Iterator[Request]:
    """A request of `settings`; its folder is free behind the block.

    Args:
      settings: by names of flags.
      progress: as `voice.checked`.
      source: the data that `memory.NAME` stands for.
      named: those of the settings that the user has just written, and is told of if
        they have no effect; None: all.

    Raises:
      ConfigError: as of a command line, in the words of a Python program.
    """
    with worded(), voice.heard(progress), memory.given(source):
        made = claimed(settings, progress, named=named)
        try:
            yield made
        finally:
            made.folder.release()


def claimed(
    settings: Mapping[str, object],
    progress: Progress,
    *,
    named: Collection[str] | None = None,
) -> Request:
    """The same, to be released by whoever asked for it."""
    read = keywords.read(settings)
    if read.given.get("distribute") == worker_place.WORKERS:
        raise ConfigError(
            f"--distribute={worker_place.WORKERS} is for workers that are programs of "
            "their own, started from a shell. Leave it out."
        )
    made = request.build(read.given, read.preset, read.command, began=time.monotonic())
    idle = effects.notices(made.mode, made.begun, read.given)
    for notice in (*read.notices, *idle):
        if named is None or any(f"--{name} " in notice for name in named):
            logging.warning("%s", notice)
    return made._replace(caller=Caller(line=voice.line(progress)))


@contextlib.contextmanager
def worded() -> Iterator[None]:
    """Errors of ours out of the block name keywords in the place of flags."""
    try:
        yield
    except (ConfigError, NotFinite) as error:
        # Of the same class: that a disk cannot be written has one of its own.
        error.args = (wording.of_python(str(error)),)
        raise


@contextlib.contextmanager
def prepared(made: Request) -> Iterator[None]:
    """TensorFlow as the request needs it, imported if it is not.

    Behind the block both are as they were: whether operations are fused, and whether
    kernels are deterministic, with which `fit` of a user's model asks for a seed.
    """
    _import_tensorflow(made)
    from enas_tf.machine import tensorflow_state
    from enas_tf.training import retracing

    retracing.hush()  # a search behind several in one process would be told of them
    with quiet.standard_error():  # to ask is its first use: it looks for a GPU
        fused = tensorflow_state.remaps()
    deterministic = tensorflow_state.is_deterministic()
    try:
        yield
    finally:
        tensorflow_state.remap(fused)
        tensorflow_state.set_deterministic(deterministic)


@contextlib.contextmanager
def conditions(made: Request) -> Iterator[None]:
    """The same, and all that bits hang on is set inside."""
    with prepared(made):
        from enas_tf.stages import run as experiment

        experiment.set_conditions(made)
        yield


def folder_of(settings: Mapping[str, object]) -> str:
    """The folder that `settings` name, or that follows; as one path for each folder."""
    run = request.run_settings(keywords.read(settings).given)
    return os.path.realpath(os.path.expanduser(run.output_dir))


def carry_out(made: Request) -> None:
    """The steps of the request.

    Raises:
      ConfigError: a mistake that only data or folder could show.
      KeyboardInterrupt: Ctrl-C came; all that was done is in a checkpoint.
      NotFinite: a loss or a weight is not a number.
    """
    number = signal.SIGINT
    try:
        with made.folder.noted(), prepared(made):
            from enas_tf.stages import run as experiment
            from enas_tf.training.stopping import Interrupted

            try:
                experiment.carry_out(made)
            except Interrupted as stop:
                logging.info("Stopped, with a checkpoint. The same call goes on.")
                number = signal.Signals(stop.number)
                raise KeyboardInterrupt from None
    except KeyboardInterrupt:
        if number != signal.SIGINT:
            made.folder.release()
            signal.raise_signal(number)  # has the effect that it has in this process
        raise


def _import_tensorflow(made: Request) -> None:
    if "tensorflow" in sys.modules:
        return  # it takes what kernels it takes; machine/notes.py tells of it
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # as for a command
    machine.prepare(made.machine)
    with quiet.standard_error(), interrupts.kept():
        import tensorflow as tf

        tf.get_logger()  # it is loaded when it is first used
