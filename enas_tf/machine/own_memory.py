"""How much memory this process has, and had at most."""

import contextlib
import pathlib
import resource
import sys

STATUS = pathlib.Path("/proc/self/status")
CLEAR = pathlib.Path("/proc/self/clear_refs")
_RESET_PEAK = "5"  # proc(5)


def resident() -> int:
    """Bytes in memory now; the peak where the system tells no more."""
    return _status("VmRSS") or _peak_of_usage()


def peak() -> int:
    """Most bytes in memory so far, or since `forget_peak`."""
    return _status("VmHWM") or _peak_of_usage()


def forget_peak() -> None:
    """The peak is from now on; where the system cannot do so it stays."""
    with contextlib.suppress(OSError):
        CLEAR.write_text(_RESET_PEAK)


def _status(name: str) -> int:
    """A figure of Linux; 0 elsewhere.

    Not getrusage's peak: a process inherits that from the one that started it.
    """
    try:
        lines = STATUS.read_text().splitlines()
    except OSError:
        return 0
    found = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return int(found[0]) * 1024 if found else 0


def _peak_of_usage() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
