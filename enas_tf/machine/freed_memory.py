"""Memory that tensors give back stays with the process, for the next ones.

By itself the C library of Linux hands large pieces back to the system, which has to
fill them with zeros when they are asked for again: a sixth of a large reward's time.
"""

import ctypes
import os
import platform

# What `mallopt` of glibc calls them, and the variables by which a user sets the same.
_TRIM, _TOP, _MMAP = -1, -2, -3
VARIABLES = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_", "MALLOC_MMAP_THRESHOLD_")
_KEPT = 1 << 30  # bytes; what is free beyond them goes back
_LARGE = 1 << 28  # bytes; a piece of this size or more, as a data set is, goes back
_STEP = 1 << 26  # bytes that are asked for at once


def keep() -> bool:
    """Keep up to 1 GiB of it, unless the user has said otherwise; whether it is kept.

    Only with glibc; nothing is computed otherwise.
    """
    if platform.libc_ver()[0] != "glibc" or any(v in os.environ for v in VARIABLES):
        return False
    mallopt = ctypes.CDLL(None).mallopt
    wanted = {_MMAP: _LARGE, _TRIM: _KEPT, _TOP: _STEP}
    return all([mallopt(name, value) for name, value in wanted.items()])
