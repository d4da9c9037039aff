"""A job as a task of Ray, seen from the command that handed it over.

Ray chooses the node, when it begins, and another node if that one dies.
"""

import functools
import itertools
import os
import pathlib
import sys
import time
from collections.abc import Callable, Sequence

from absl import logging

import enas_tf
from enas_tf.campaign import on_node, process, ray_cluster, state
from enas_tf.campaign.executor import Begin
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.on_node import Outcome
from enas_tf.campaign.plan import Plan
from enas_tf.campaign.process import Command
from enas_tf.campaign.ray_cluster import Need

_LOOK = 2.0  # seconds between looks at the nodes that a job has begun on
_SHOWN = 60.0  # seconds in which a file system shows here what was written elsewhere


def beginner(need: Need) -> Begin:
    """What hands jobs over to Ray, each with what it needs."""
    return functools.partial(Task, need)


def _carried() -> Callable[[Sequence[str], bytes], object]:
    """`on_node.work` for a process that may not find this package by itself.

    Ray carries a function of a function over as it is, and others by their names.
    """

    # Nothing of this package is named before its place is known.
    def work(paths: Sequence[str], errand: bytes) -> object:
        import pickle
        import sys

        others = [path for path in paths[1:] if path not in sys.path]
        sys.path[:0] = [paths[0], *others]
        from enas_tf.campaign import on_node

        return on_node.work(pickle.loads(errand))

    return work


def _paths() -> list[str]:
    """Where this process finds modules, the package first."""
    package = str(pathlib.Path(enas_tf.__file__).parents[1])
    return [package, *(os.path.abspath(path) for path in sys.path)]


class Task:
    """One job that was handed over.

    Attributes:
      number: of the job.
      has_begun: as of `executor.AtWork`.
    """

    def __init__(
        self,
        need: Need,
        folder: CampaignFolder,
        plan: Plan,
        number: int,
        command: Command,
    ):
        """Hands the job over.

        Args:
          need: what it is given.
          folder: of the campaign.
          plan: of the campaign.
          number: of the job, which is ready.
          command: from the flags of a run to what is to be started.
        """
        import ray

        self.number, self.has_begun = number, True
        self._folder, self._plan = folder, plan
        folder.node(plan, number).unlink(missing_ok=True)
        errand = on_node.errand(folder, plan, number, command, gpus=need.gpus)
        options = dict(num_cpus=need.cpus, num_gpus=need.gpus)
        placed = ray.remote(max_retries=ray_cluster.RETRIES, **options)(_carried())
        self._reference = placed.remote(_paths(), ray.cloudpickle.dumps(errand))
        self._told, self._looked = 1, time.monotonic()
        self._ended: float | None = None
        self._came_to = ""
        self._is_withdrawn = False

    def stop(self, number: int) -> None:
        """Have it save and end; a second time, end at once."""
        import ray

        del number  # Ray knows one kind of request, which comes as SIGINT
        ray.cancel(self._reference)

    def withdraw(self) -> None:
        """Have it not begin, unless it has."""
        if self._is_withdrawn:
            return
        self._is_withdrawn = True
        if not on_node.nodes(self._folder, self._plan, self.number):
            self.stop(0)

    def has_ended(self) -> bool:
        """Whether it has; what it came to is then on the disk."""
        if self._ended is None and not self._is_back():
            self._look()
            return False
        self._ended = self._ended or time.monotonic()
        found = state.of(self._folder, self._plan, self.number).value
        is_late = time.monotonic() - self._ended > _SHOWN
        return not self._came_to or found == self._came_to or is_late

    def _is_back(self) -> bool:
        """Whether Ray has an answer."""
        import ray

        if not ray.wait([self._reference], timeout=0)[0]:
            return False
        try:
            found: Outcome = ray.get(self._reference)
            self._came_to, self.has_begun = found.state, found.has_begun
            self._tell_moves(found.nodes)
        except ray.exceptions.TaskCancelledError:
            self.has_begun = False
        except ray.exceptions.RayError as error:
            said = str(error).strip().splitlines() or [type(error).__name__]
            # The last line of a traceback; else the first, which advice follows.
            line = said[-1 if isinstance(error, ray.exceptions.RayTaskError) else 0]
            process.note_failure(self._folder, self._plan, self.number, line)
        return True

    def _look(self) -> None:
        """At the nodes that it has begun on, now and then."""
        if time.monotonic() - self._looked > _LOOK:
            self._looked = time.monotonic()
            self._tell_moves(on_node.nodes(self._folder, self._plan, self.number))

    def _tell_moves(self, nodes: Sequence[str]) -> None:
        """A line for each time that it was lost with its node, or with Ray there."""
        name = self._plan.jobs[self.number].name
        for before, now in itertools.pairwise(nodes[self._told - 1 :]):
            line = f"Job {self.number} ({name}) was lost on the node {before}"
            logging.warning("%s", f"{line}, and goes on on {now}.")
        self._told = max(self._told, len(nodes))
