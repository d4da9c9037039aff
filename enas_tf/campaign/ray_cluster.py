"""The Ray cluster that jobs are placed on: what it has, and what a job is given.

Ray is imported in the files ray_*.py alone, inside functions: it is an extra.
"""

import contextlib
import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from enas_tf.campaign import ray_driver
from enas_tf.config.sections import ConfigError

RETRIES = 3  # other nodes that a job is begun on, if its own one dies


class Need(NamedTuple):
    """What a job is given: CPUs, and GPUs or a part of one."""

    cpus: int
    gpus: float


class Cluster(NamedTuple):
    """The nodes that are there.

    Attributes:
      nodes: of each its resources by Ray's names, such as "CPU".
    """

    nodes: Sequence[Mapping[str, float]]

    @property
    def where(self) -> str:
        """How many nodes can do jobs, in words."""
        count = sum(1 for node in self.nodes if node.get("CPU"))
        return f"{count} {'node' if count == 1 else 'nodes'} of Ray"

    def room(self, need: Need) -> int:
        """So many jobs fit in at once."""
        return sum(_fitting(node, need) for node in self.nodes)

    def words(self, need: Need) -> str:
        """A line on what there is, and on what comes of a node that dies."""
        cpus, gpus = (sum(n.get(k, 0) for n in self.nodes) for k in ("CPU", "GPU"))
        return (
            f"{self.where}: {cpus:g} CPUs and {gpus:g} GPUs in all, of which a job has "
            f"{need.cpus} and {need.gpus:g}. One whose node dies goes on elsewhere, up "
            f"to {RETRIES} times."
        )


@contextlib.contextmanager
def joined(address: str, need: Need) -> Iterator[Cluster]:
    """This process is a driver of Ray inside.

    A program that is one already stays it, whatever the address.

    Args:
      address: HOST:PORT or auto; "": a Ray is started here, and stopped behind it.
      need: of each job.

    Raises:
      ConfigError: there is no Ray, nothing answers, or no node has room for a job.
    """
    if not importlib.util.find_spec("ray"):
        raise ConfigError(
            "--executor=ray needs Ray, which is not installed. Install it with "
            "`pip install 'enas_tf[ray]'`, or leave --executor out."
        )
    with ray_driver.connected(address):
        import ray

        nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
        cluster = Cluster(nodes)
        _refuse_small(cluster, need)
        yield cluster


def _refuse_small(cluster: Cluster, need: Need) -> None:
    if cluster.room(need):
        return
    most = max(cluster.nodes, key=lambda n: (n.get("GPU", 0), n.get("CPU", 0)))
    raise ConfigError(
        f"No node of the Ray cluster has room for one job, which is given {need.cpus} "
        f"CPUs and {need.gpus:g} GPUs (--job_cpus, --job_gpus): the largest has "
        f"{most.get('CPU', 0):g} CPUs and {most.get('GPU', 0):g} GPUs. Ask for less, "
        "or add a node."
    )


def _fitting(node: Mapping[str, float], need: Need) -> int:
    by_cpus = node.get("CPU", 0.0) // need.cpus
    by_gpus = node.get("GPU", 0.0) // need.gpus if need.gpus else by_cpus
    return int(min(by_cpus, by_gpus))
