"""Where the jobs of a command run: in processes of this machine, or where Ray says."""

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

from absl import logging

from enas_tf.campaign import ray_cluster, ray_task
from enas_tf.campaign.asked import Asked
from enas_tf.campaign.executor import Begin
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.campaign.process import Command, Process
from enas_tf.campaign.ray_cluster import Need
from enas_tf.config import campaign as settings

_ALL = 10**6  # more jobs than a plan has
_OF_RAY = ("ray_address", "job_cpus", "job_gpus")


class Place(NamedTuple):
    """Where the jobs of a command run.

    Attributes:
      begin: begins one there.
      most: of them are handed over at once.
      at_once: so many run at once, as far as is known.
      where: they do, in words; "" for the cores of this machine.
    """

    begin: Begin
    most: int
    at_once: int
    where: str = ""


@contextlib.contextmanager
def opened(request: Asked) -> Iterator[Place]:
    """The place that is asked for, as long as the jobs are at work.

    Raises:
      ConfigError: Ray, or the cluster, is not there or has no room for a job.
    """
    sizes = request.sizes
    if sizes.executor != settings.RAY or sizes.jobs == 0:
        _tell_idle(request)
        yield Place(_beside, max(1, sizes.jobs), max(1, sizes.jobs))
        return
    need = Need(sizes.job_cpus or request.threads, sizes.job_gpus)
    with ray_cluster.joined(sizes.ray_address, need) as cluster:
        logging.info("%s", cluster.words(need))
        most = sizes.jobs if "jobs" in request.given else _ALL
        room = min(most, cluster.room(need))
        yield Place(ray_task.beginner(need), most, room, cluster.where)


def _beside(
    folder: CampaignFolder, plan: Plan, number: int, command: Command
) -> Process:
    """Begins a job here, whatever node it was on before."""
    folder.node(plan, number).unlink(missing_ok=True)
    return Process(folder, plan, number, command)


def _tell_idle(request: Asked) -> None:
    for flag in _OF_RAY:
        if request.sizes.executor != settings.RAY and flag in request.given:
            logging.warning("--%s has no effect here: it is of --executor=ray.", flag)
