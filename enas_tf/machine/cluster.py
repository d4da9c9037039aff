"""The workers of one command on several machines, as TF_CONFIG names them.

TensorFlow waits for missing workers where neither Ctrl-C nor SIGTERM is heard. So they
meet here first: the chief listens at its own address until all others have called it,
then lets all go on at once. No TensorFlow, as in machine/record.py.
"""

import contextlib
import json
import os
import re
import socket
import time
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from absl import logging

from enas_tf.config.sections import ConfigError

VARIABLE = "TF_CONFIG"
EXAMPLE = (
    '{"cluster": {"worker": ["HOST1:PORT", "HOST2:PORT"]}, '
    '"task": {"type": "worker", "index": 0}}'
)
WAIT_SECONDS = 600.0  # for all to be there
_LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"  # 2: errors alone are told, 3: not even these
_LOOK = 0.2  # seconds between two looks
_ADDRESS = re.compile(r"\[?[\w.:-]*\w\]?:(\d{1,5})")


class Cluster(NamedTuple):
    """The workers, and which of them this process is.

    Attributes:
      addresses: `host:port` of each; the first is the chief.
      index: of this process among them.
    """

    addresses: tuple[str, ...]
    index: int

    @property
    def is_chief(self) -> bool:
        """Whether this process is the one that writes."""
        return self.index == 0

    @property
    def own(self) -> str:
        """The address of this process."""
        return self.addresses[self.index]


def read() -> Cluster:
    """What the environment says.

    Raises:
      ConfigError: nothing, or nothing that can be meant.
    """
    text = os.environ.get(VARIABLE, "")
    if not text.strip():
        raise _refusal("it is not set")
    try:
        found = json.loads(text)
    except ValueError:
        raise _refusal("it is no JSON") from None
    if not isinstance(found, dict):
        raise _refusal("it is no object of JSON")
    jobs, task = found.get("cluster"), found.get("task")
    if not isinstance(jobs, dict) or not isinstance(task, dict):
        raise _refusal('it lacks "cluster" or "task"')
    return _cluster(jobs, task)


def _cluster(jobs: Mapping[str, object], task: Mapping[str, object]) -> Cluster:
    others = sorted(set(jobs) - {"chief", "worker"})
    if others:
        raise _refusal(f'it has "{others[0]}" in its cluster: there are workers only')
    lists = {job: jobs.get(job, []) for job in ("chief", "worker")}
    for job, listed in lists.items():
        if not isinstance(listed, list) or not all(map(_is_address, listed)):
            raise _refusal(f'"{job}" in its cluster is no list of "HOST:PORT"')
    addresses = (*lists["chief"], *lists["worker"])
    if len(addresses) < 2 or len(lists["chief"]) > 1:
        raise _refusal("it must name two workers or more, at most one of them a chief")
    if len(set(addresses)) < len(addresses):
        raise _refusal("two of its workers have one address")
    job, index = task.get("type"), task.get("index")
    own = lists.get(job, []) if isinstance(job, str) else []
    if type(index) is not int or not 0 <= index < len(own):
        raise _refusal(f"its task, {job} {index}, is none of the cluster's")
    return Cluster(addresses, index + (len(lists["chief"]) if job == "worker" else 0))


def _is_address(value: object) -> bool:
    match = _ADDRESS.fullmatch(value) if isinstance(value, str) else None
    return bool(match) and 0 < int(match[1]) < 2**16


def _refusal(why: str) -> ConfigError:
    return ConfigError(
        f"--distribute=multi_worker needs {VARIABLE} in the environment, and {why}. "
        f"Set it for each worker, e.g. {VARIABLE}='{EXAMPLE}'."
    )


def prepare() -> None:
    """Before TensorFlow is imported: a lost worker is told of once, and by us."""
    if os.environ.get(_LOG_LEVEL) == "2":
        os.environ[_LOG_LEVEL] = "3"


def meet(cluster: Cluster, *, seconds: float = WAIT_SECONDS) -> None:
    """Wait until all workers of the cluster do.

    Args:
      cluster: theirs.
      seconds: how long.

    Raises:
      ConfigError: the chief cannot listen, some are not there in time, or one was
        started with another TF_CONFIG.
    """
    ends = time.monotonic() + seconds
    if cluster.is_chief:
        _gather(cluster, ends)
    else:
        _call(cluster, ends)


def _gather(cluster: Cluster, ends: float) -> None:
    missing = set(range(1, len(cluster.addresses)))
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(_listening(cluster))
        logging.info("Waits at %s for the other workers.", cluster.own)
        called = []
        while missing:
            if time.monotonic() > ends:
                raise _missing(cluster.addresses[min(missing)])
            with contextlib.suppress(TimeoutError):
                caller = stack.enter_context(listener.accept()[0])
                caller.settimeout(5.0)
                number = _numbered(caller, cluster)
                if number in missing:
                    missing.remove(number)
                    called.append(caller)
        for caller in called:
            caller.sendall(b"go\n")


@contextlib.contextmanager
def _listening(cluster: Cluster) -> Iterator[socket.socket]:
    host, port = _parts(cluster.own)
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigError(
            f"{VARIABLE}: this worker cannot listen at {cluster.own} "
            f"({error.strerror or error}). Name a free port of this machine."
        ) from None
    with listener:
        listener.settimeout(_LOOK)
        yield listener


def _numbered(caller: socket.socket, cluster: Cluster) -> int:
    """The number of the worker that calls; -1 of anybody else.

    Raises:
      ConfigError: it is of another cluster.
    """
    try:
        said = json.loads(caller.recv(2**16))
        number, addresses = said["enas_tf"], tuple(said["addresses"])
    except (OSError, ValueError, KeyError, TypeError):
        return -1
    if addresses != cluster.addresses:
        raise ConfigError(
            f"{VARIABLE}: a worker was started with the cluster {', '.join(addresses)}, "
            f"and this one with {', '.join(cluster.addresses)}. Give all the same."
        )
    return number if isinstance(number, int) else -1


def _call(cluster: Cluster, ends: float) -> None:
    chief = cluster.addresses[0]
    logging.info("Waits for the chief at %s.", chief)
    words = json.dumps({"enas_tf": cluster.index, "addresses": cluster.addresses})
    while time.monotonic() < ends:
        with contextlib.suppress(OSError):
            with socket.create_connection(_parts(chief), timeout=2.0) as line:
                line.sendall(words.encode())
                line.settimeout(max(_LOOK, ends - time.monotonic()))
                if line.recv(16).startswith(b"go"):
                    return
        time.sleep(_LOOK)
    raise _missing(chief)


def _missing(address: str) -> ConfigError:
    return ConfigError(
        f"{VARIABLE}: the worker at {address} is not there. Start the same command on "
        "each, with its own task, and look whether its port can be reached."
    )


def _parts(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)
