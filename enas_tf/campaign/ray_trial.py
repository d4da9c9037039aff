"""Whether a cluster lets a driver in, tried by a process that can be given up.

Ray retries for half a minute and longer, hears no Ctrl-C meanwhile, and ends the
process where it gives up.
"""

import os
import re
import signal
import subprocess
import sys

from enas_tf.campaign import bound
from enas_tf.run import lines

_PATIENCE = 15  # seconds for the cluster, from when Ray is imported
_AT_MOST = 60.0  # seconds for all of it
_LONGEST = 200  # letters of what Ray says
# Seconds after which Ray itself gives up, in the process that tries.
_SOON = dict(
    RAY_gcs_rpc_server_connect_timeout_s="2",
    RAY_gcs_rpc_server_reconnect_timeout_s="4",
)
_TRY = """
import signal, sys
sys.path[:] = sys.argv[3:]
import ray
if hasattr(signal, "alarm"):
    signal.alarm(int(sys.argv[2]))
quiet = dict(log_to_driver=False, configure_logging=False, logging_level="error")
try:
    ray.init(address=sys.argv[1], **quiet)
except (Exception, SystemExit) as error:
    print(f"{type(error).__name__}: {str(error).strip()}".partition(chr(10))[0])
    sys.exit(1)
if hasattr(signal, "alarm"):
    signal.alarm(0)
"""


def fault(address: str) -> str:
    """Why a driver is not let in there; "" if it is.

    Args:
      address: at which something listens.
    """
    words = [sys.executable, "-c", _TRY, address, str(_PATIENCE), *sys.path]
    with subprocess.Popen(
        bound.to_this_process(words),
        env={**_SOON, **os.environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as one:
        try:
            said, logged = one.communicate(timeout=_AT_MOST)
        except subprocess.TimeoutExpired:
            return f"it takes longer than {_AT_MOST:.0f} s"
        finally:  # a signal may have come
            one.kill()
            one.wait()
    return _reason(one.returncode, said, logged) if one.returncode else ""


def _reason(status: int, said: str, logged: str) -> str:
    """In words, by what Ray has said and what its libraries have logged."""
    if "AuthToken" in logged or "Unauthenticated" in logged:
        return "the token is missing here, or is another one than the cluster's"
    if status == -signal.SIGALRM:
        return f"nothing within {_PATIENCE} s"
    found = (said.strip() or logged.strip() or f"status {status}").splitlines()[-1]
    return lines.shortened(re.sub(r"^\[[^]]*\] \S+: ", "", found), _LONGEST)
