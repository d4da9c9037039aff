"""A temporary folder that does not outlive its process for long, however that ends.

It is removed at the end. What a killed process has left is removed by the next one that
makes such a folder: the lock in it is free then, for the system lets go of a lock with
its process.
"""

import contextlib
import os
import pathlib
import shutil
import sys
import tempfile
from collections.abc import Iterator

_LOCK = "lock"


@contextlib.contextmanager
def temporary(prefix: str, around: str | None = None) -> Iterator[str]:
    """A folder that is there inside, and held by this process.

    Args:
      prefix: of its name; folders with it that nobody holds are removed before.
      around: the folder in which it is; by default the system's for such.
    """
    parent = around or tempfile.gettempdir()
    _remove_left(pathlib.Path(parent), prefix)
    place = pathlib.Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        with _held(place):
            yield str(place)
    finally:
        shutil.rmtree(place, ignore_errors=True)  # some process may still end there


@contextlib.contextmanager
def _held(place: pathlib.Path) -> Iterator[None]:
    """The lock in `place` is this process's; it has its name only when it is locked."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with (place / "new").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.rename(place / "new", place / _LOCK)
        yield


def _remove_left(around: pathlib.Path, prefix: str) -> None:
    for place in around.glob(f"{prefix}*"):
        if _is_left(place):
            shutil.rmtree(place, ignore_errors=True)


def _is_left(place: pathlib.Path) -> bool:
    """Whether it is this user's, and of a process that is gone."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        if place.is_symlink() or place.stat().st_uid != os.getuid():
            return False
        with (place / _LOCK).open("rb") as file:
            # Let go of when the file is closed; removing an open one is no harm.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except OSError:  # another process holds it, or there is none
        return False
