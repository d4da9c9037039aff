"""The workers of a cluster wait for each other before TensorFlow does.

TensorFlow waits for missing workers where neither Ctrl-C nor SIGTERM is heard. So they
meet here first: the chief listens at its own address until all others have called it,
then lets all go on at once. No TensorFlow, as in machine/record.py.
"""

import contextlib
import json
import os
import socket
import time
from collections.abc import Iterator

from absl import logging

from enas_tf.config.sections import ConfigError
from enas_tf.machine import cluster as cluster_lib
from enas_tf.machine.cluster import Cluster

_NAME = cluster_lib.VARIABLE
WAIT_SECONDS = 600.0  # for all to be there
_LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"  # 2: errors alone are told, 3: not even these
_LOOK = 0.2  # seconds between two looks


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
    logging.info(
        "TensorFlow's own server will listen at port %d of all addresses of this "
        "machine, without a password: keep it behind a firewall.",
        _parts(cluster.own)[1],
    )
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
            f"{_NAME}: this worker cannot listen at {cluster.own} "
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
            f"{_NAME}: a worker was started with {', '.join(addresses)}, and this one "
            f"with {', '.join(cluster.addresses)}. Give all the same cluster."
        )
    return number if isinstance(number, int) else -1


def _call(cluster: Cluster, ends: float) -> None:
    chief = cluster.addresses[0]
    logging.info("Waits for the chief at %s.", chief)
    words = json.dumps({"enas_tf": cluster.number, "addresses": cluster.addresses})
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
        f"{_NAME}: the worker at {address} is not there. Start the same command on "
        "each, with its own task, and look whether its port can be reached."
    )


def _parts(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)
