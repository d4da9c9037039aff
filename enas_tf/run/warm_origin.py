"""The run whose weights a stage began with: what it is of, whether it may be read.

No TensorFlow, as in command/request.py.
"""

import pathlib
import sys

from enas_tf.run import layout
from enas_tf.run.folder import RunFolder

KEY = "warm_start"  # in what run.json says of a stage


def stage(folder: RunFolder, stage: str) -> str:
    """Whose weights `stage` began with, those of a "search" or of a "train".

    Up to 0.4 there was no record, and only weights of trainings.
    """
    begun = folder.fact(stage, KEY, dict) or {}
    return "search" if begun.get("stage") == "search" else "train"


def is_in_use(folder: pathlib.Path) -> bool:
    """Whether a process holds the lock of the run in `folder`; writes nothing there.

    Where the system has no such locks, nothing is known: False.
    """
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        with (folder / layout.LOCK).open("rb") as file:
            # Let go of when the file is closed.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # no such file, or no permission: nor has the one who writes it
        return False
    return False
