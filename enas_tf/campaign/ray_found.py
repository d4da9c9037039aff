"""Which cluster --ray_address means: an address at which something listens.

Ray's own search for `auto` takes the Ray of any program of this machine for a cluster,
such as the one that another campaign has started for itself, and an address that a
killed head has left; it then waits for one or two minutes.
"""

import os
import pathlib
import socket
import sys
from collections.abc import Iterator, Sequence

# Begins the name of the folder of a Ray that a command starts for itself.
OWN = "enas_tf_ray_"
AUTO = "auto"
PROCESSES = pathlib.Path("/proc")
_PATIENCE = 5.0  # seconds for an address to answer


class Silent(Exception):
    """Nothing answers; the message says where."""


def address(named: str) -> str:
    """HOST:PORT of a cluster.

    Args:
      named: HOST:PORT, or `AUTO`: by RAY_ADDRESS, else of `ray start` on this machine,
        else of any other Ray that works here, but for those of campaigns.

    Raises:
      Silent: nothing answers there.
    """
    given = os.environ.get("RAY_ADDRESS", "") if named == AUTO else named
    if given not in ("", AUTO):
        return _answering(given)
    faults = []
    for one in dict.fromkeys([*_started(), *_working()]):
        try:
            return _answering(one)
        except Silent as fault:
            faults.append(str(fault))
    raise Silent("; ".join(faults) or "no `ray start` has begun one on this machine")


def _answering(given: str) -> str:
    host, _, port = given.rpartition(":")
    if not host or not port.isdecimal():
        return given  # Ray finds it, or says why not
    try:
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise Silent(f"{given} does not answer ({error})") from None
    return given


def _started() -> Iterator[str]:
    """The address that the last `ray start` has written, the cluster dead or alive."""
    place = os.environ.get("RAY_TMPDIR")
    if not place and sys.platform.startswith("linux"):
        place = os.environ.get("TMPDIR")
    path = pathlib.Path(place or "/tmp", "ray", "ray_current_cluster")
    try:
        found = path.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return
    if found:
        yield found


def _working() -> Iterator[str]:
    """Of the nodes of Ray that work on this machine, where the system tells (Linux)."""
    for path in PROCESSES.glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace").split("\0")
        except OSError:  # it has ended
            continue
        yield from _of_node(words)


def _of_node(words: Sequence[str]) -> Iterator[str]:
    """The cluster of a node by its command line; of a campaign's own Ray none."""
    is_own = any(f"/{OWN}" in word for word in words)
    if os.path.basename(words[0]) != "raylet" or is_own:
        return
    for word in words:
        name, _, value = word.partition("=")
        if name == "--gcs-address" and value:
            yield value
