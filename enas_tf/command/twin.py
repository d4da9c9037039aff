"""A copy of a run's folder for a dry run, which leaves the folder itself as it is.

What a command reads of an earlier one is copied: settings, facts, arcs, curves and
checkpoints. So a dry run is the command itself, begun in another place.
"""

import contextlib
import pathlib
import shutil
import time
from collections.abc import Iterator, Mapping

from enas_tf.command import dry_places, request
from enas_tf.command.request import DryRun, Request
from enas_tf.config import modes
from enas_tf.config.sections import ConfigError
from enas_tf.run import disk, layout, saves
from enas_tf.run import space as run_space
from enas_tf.run.folder import RunFolder

_LEFT_OUT = (layout.TENSORBOARD, layout.FINAL, layout.EVALUATION, layout.CHECKPOINTS)


@contextlib.contextmanager
def built(
    given: Mapping[str, object],
    preset: str | None,
    command: list[str],
    *,
    began: float | None = None,
) -> Iterator[Request]:
    """The request of a dry run, in a folder that is removed behind the block.

    The arguments are those of `request.build`.

    Raises:
      ConfigError: what the command itself would be refused for.
    """
    began = time.monotonic() if began is None else began
    run = request.run_settings(run_space.with_space(given))
    folder = RunFolder(run.output_dir)
    dry_places.refuse_numbers(run)
    _refuse(folder)
    with dry_places.temporary() as place:
        twin = place / "run"
        with _named(twin, folder.path):
            if not run.reset_output_dir and folder.path.is_dir():
                copy(folder, twin)
            there = {**given, "output_dir": str(twin)}
            made = request.build(there, preset, command, began=began)
            try:
                yield made._replace(dry_run=DryRun(folder.path, began))
            finally:
                made.folder.release()


@contextlib.contextmanager
def _named(twin: pathlib.Path, real: pathlib.Path) -> Iterator[None]:
    """Errors out of the block name the folder that the user named."""
    try:
        yield
    except disk.Unwritable:  # of the twin's disk: `dry_places.temporary` tells
        raise
    except ConfigError as error:
        error.args = (str(error).replace(str(twin), str(real)),)
        raise


def _refuse(folder: RunFolder) -> None:
    """Refuse a folder that the command could not write into."""
    with disk.refusals(folder.path):
        folder.refuse_foreign()
        dry_places.refuse_output(folder.path)


def copy(folder: RunFolder, twin: pathlib.Path) -> None:
    """What a command reads of those before it."""
    with disk.refusals(folder.path):
        for pattern in layout.FILES:
            top = pathlib.PurePosixPath(pattern).parts[0]
            if top not in (*_LEFT_OUT, layout.LOCK):
                _copy_files(folder.path, pattern, twin)
        for stage in modes.STAGES:
            for number in saves.look(folder.checkpoints(stage)).whole:
                pattern = f"{layout.CHECKPOINTS}/{stage}/{saves.name(number)}.*"
                _copy_files(folder.path, pattern, twin)


def _copy_files(source: pathlib.Path, pattern: str, twin: pathlib.Path) -> None:
    for file in source.glob(pattern):
        if file.is_file():
            place = twin / file.relative_to(source)
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, place)
            except OSError as error:
                if error.errno not in disk.FULL:  # which the twin's disk is
                    raise
                raise disk.Unwritable(disk.explain(place, error)) from None
