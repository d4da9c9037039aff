"""A command that ends with the process that started it, as far as the system can.

A worker of Ray ends with its node, and nobody would tell the job: it is sent SIGTERM by
the system (Linux), upon which it saves. Run as a file, without the package, it becomes
the command.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


def to_this_process(words: Sequence[str]) -> list[str]:
    """The command `words`, to be started by this process and to end with it."""
    if os.name != "posix":
        return list(words)
    return [sys.executable, "-S", __file__, str(os.getpid()), *words]


def become(parent: int, words: Sequence[str]) -> None:
    """Be the command `words`, unless `parent` is no longer there."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGTERM)
        if os.getppid() != parent:  # it has died meanwhile
            sys.exit(128 + signal.SIGTERM)
    # A worker of Ray does not hear Ctrl-C, and its children would not.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.execvp(words[0], list(words))


if __name__ == "__main__":
    become(int(sys.argv[1]), sys.argv[2:])
