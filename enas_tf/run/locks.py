"""Whether a process has a run's folder for itself, told without touching the lock.

To try the lock would refuse a command that begins at that moment.
"""

import os
import pathlib
import re

_LOCKS = pathlib.Path("/proc/locks")  # Linux's list of them


def is_held(path: pathlib.Path) -> bool:
    """Whether a process of this machine holds the lock file `path`.

    False also where the system does not tell.
    """
    try:
        number = os.stat(path).st_ino
        return bool(re.search(rf":{number} ", _LOCKS.read_text()))
    except OSError:
        return False
