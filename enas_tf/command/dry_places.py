"""Where a dry run writes: its file of numbers, and for a while a temporary folder.

Both are looked at before anything is tried out. So is the folder that the command would
write into, which a dry run never touches.
"""

import contextlib
import errno
import os
import pathlib
import tempfile
from collections.abc import Iterator

from enas_tf.command import held_folder
from enas_tf.config.sections import ConfigError, RunConfig
from enas_tf.run import disk, layout
from enas_tf.run.folder import RunFolder

PREFIX = "enas_tf_dry_run_"


def refuse_numbers(run: RunConfig) -> None:
    """Refuse a --dry_run_json that cannot be written, or should not be.

    Raises:
      ConfigError: it is there, its folder is not, or it is in the folder of a run.
    """
    if not run.dry_run_json:
        return
    name = f"--dry_run_json={run.dry_run_json}"
    path = pathlib.Path(run.dry_run_json).expanduser().absolute()
    try:
        there = os.path.lexists(path)
        if there:
            raise ConfigError(f"{name} is there already. Name a new file.")
        own = _run_around(path, run)
    except OSError as error:
        raise ConfigError(f"{name} cannot be used ({error.strerror}).") from None
    if own:
        raise ConfigError(
            f"{name} is in the folder of a run, {own}, which a dry run leaves as it "
            "is. Name a file elsewhere."
        )
    if not path.parent.is_dir():
        raise ConfigError(
            f"{name} cannot be written: there is no folder {path.parent}. Make it, or "
            "name a file in another one."
        )
    if fault := _fault_of(path.parent):
        raise ConfigError(
            f"{name} cannot be written ({fault}). Name a file in another folder."
        )


def _run_around(path: pathlib.Path, run: RunConfig) -> pathlib.Path | None:
    """The folder of a run, or of a campaign, in which `path` is; or None."""
    output = pathlib.Path(os.path.realpath(run.output_dir))
    for folder in pathlib.Path(os.path.realpath(path)).parents:
        is_campaign = (folder / layout.PLAN).is_file()
        if folder == output or is_campaign or RunFolder(folder).made_here():
            return folder
    return None


def refuse_output(path: pathlib.Path) -> None:
    """Raise the OSError that the command itself would meet where it makes `path`."""
    nearest = existing(path)
    if not nearest.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if nearest != path.absolute():
        _try(nearest)
    elif not os.access(nearest, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def existing(path: pathlib.Path) -> pathlib.Path:
    """`path`, or the nearest folder around it that is there."""
    path = path.absolute()
    return next(one for one in (path, *path.parents) if one.exists())


def _try(folder: pathlib.Path) -> None:
    """Make a folder in it and remove that: some systems refuse what they permit."""
    os.rmdir(tempfile.mkdtemp(prefix=PREFIX, dir=folder))


def _fault_of(folder: pathlib.Path) -> str:
    """Why nothing can be written into a folder; "" if it can."""
    try:
        _try(folder)
    except OSError as error:
        return error.strerror or str(error)
    return ""


@contextlib.contextmanager
def temporary() -> Iterator[pathlib.Path]:
    """A folder that is removed behind the block, whose errors name its full disk.

    Raises:
      ConfigError: there is no room for what is written below it.
    """
    with contextlib.ExitStack() as stack:
        try:
            made = held_folder.temporary(PREFIX)
            place = pathlib.Path(stack.enter_context(made))
        except OSError as error:
            raise _no_room(os.environ.get("TMPDIR", "/tmp"), error) from None
        try:
            yield place
        except disk.Unwritable as error:
            if str(place) not in str(error):
                raise
            full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            raise _no_room(str(place.parent), full) from None
        except OSError as error:
            if error.errno not in disk.FULL:
                raise
            raise _no_room(str(place.parent), error) from None


def _no_room(folder: str, error: OSError) -> ConfigError:
    return ConfigError(
        f"A dry run writes into a temporary folder, for which {folder} will not do "
        f"({error.strerror}). Free some space there, or name another folder with room "
        "by the variable TMPDIR."
    )
