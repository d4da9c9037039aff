"""The folder of a Ray that is started for a command: its sockets and its logs.

It is removed at the end. What a killed command has left is removed by the next one: the
lock in it is free then, for the system lets go of a lock with its process.
"""

import contextlib
import os
import pathlib
import shutil
import sys
import tempfile
from collections.abc import Iterator

PREFIX = "enas_tf_ray_"
_LOCK = "lock"


@contextlib.contextmanager
def folder(parent: str = "/tmp") -> Iterator[str]:
    """A folder that is there inside, and held by this process.

    Args:
      parent: in which it is; where that lacks, in the system's folder for such. The
        path of a socket has at most 107 letters, so a short one.
    """
    around = parent if os.path.isdir(parent) else tempfile.gettempdir()
    _remove_left(pathlib.Path(around))
    place = pathlib.Path(tempfile.mkdtemp(prefix=PREFIX, dir=around))
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


def _remove_left(around: pathlib.Path) -> None:
    for place in around.glob(f"{PREFIX}*"):
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
