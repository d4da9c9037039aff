"""What Ray does on a node for a job: it works it off, as a command of that job would.

The node sees the campaign's folder, the data and this program at the same paths.
"""

import os
import pathlib
import signal
import socket
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from enas_tf.campaign import bound, executor, hearing, state
from enas_tf.campaign.executor import Work
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.campaign.process import Command

# By their first letters: what figures or memory go by, so that a job has them as it
# would have them beside its campaign.
_TAKEN_ALONG = ("KERAS_", "KMP_", "MALLOC_", "MKL_", "OMP_", "OPENBLAS_", "TF_", "XLA_")
_NO_GPU = dict(CUDA_VISIBLE_DEVICES="-1")


class Errand(NamedTuple):
    """A job that is handed over.

    Attributes:
      folder: of the campaign, a path as the command names it.
      plan: of the campaign.
      number: of the job.
      command: from the flags of a run to what is to be started.
      here: the folder that the command is in.
      environment: variables that the job has as the command has them; it has no others
        of these kinds.
      has_gpu: whether it is given one, or a part of one.
    """

    folder: str
    plan: Plan
    number: int
    command: Command
    here: str
    environment: Mapping[str, str]
    has_gpu: bool


class Outcome(NamedTuple):
    """What became of a job.

    Attributes:
      state: a value of `state.State`.
      nodes: that it has begun on, in order.
      has_begun: whether it has got to work, before it was called back.
    """

    state: str
    nodes: list[str]
    has_begun: bool = True


def errand(
    folder: CampaignFolder, plan: Plan, number: int, command: Command, *, gpus: float
) -> Errand:
    """The errand of a job of this command."""
    return Errand(
        folder=str(folder.path),
        plan=plan,
        number=number,
        command=command,
        here=os.getcwd(),
        environment=_of_its_kinds(os.environ),
        has_gpu=bool(gpus),
    )


def nodes(folder: CampaignFolder, plan: Plan, number: int) -> list[str]:
    """Those that a job of Ray has begun on, the last one where it is."""
    try:
        return folder.node(plan, number).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def work(errand: Errand) -> Outcome:
    """Do the job, on a node; it is waited for where another process still has it."""
    # By Ctrl-C Ray says that the job is to save and end. SIGTERM is the worker's own:
    # it ends with its node, the job with it, and both begin anew elsewhere.
    with hearing.signals([signal.SIGINT]) as heard:
        _settle(errand)
        folder = CampaignFolder(errand.folder)
        mark = folder.node(errand.plan, errand.number)
        _note(mark)
        begun_on = nodes(folder, errand.plan, errand.number)
        has_begun = _work_off(errand, folder, heard)
        mark.unlink(missing_ok=True)
    found = state.of(folder, errand.plan, errand.number)
    return Outcome(state=found.value, nodes=begun_on, has_begun=has_begun)


def _work_off(errand: Errand, folder: CampaignFolder, heard: Sequence[int]) -> bool:
    """Do one job; whether it has got to work before a signal came."""
    ended: list[int] = []
    ours = Work(
        folder=folder,
        plan=errand.plan,
        command=lambda words: bound.to_this_process(errand.command(words)),
        at_once=1,
        heard=heard,
        tell=lambda number, found: ended.append(number),
    )
    executor.work_off(ours, [errand.number])
    return bool(ended)


def _settle(errand: Errand) -> None:
    """Be where the command is, with its environment; Ray starts this process for it."""
    os.chdir(errand.here)
    for name in _of_its_kinds(os.environ):
        del os.environ[name]  # Ray sets OMP_NUM_THREADS, by which last digits may go
    os.environ.update(errand.environment)
    if not errand.has_gpu:
        os.environ.update(_NO_GPU)


def _of_its_kinds(environment: Mapping[str, str]) -> dict[str, str]:
    return {k: v for k, v in environment.items() if k.startswith(_TAKEN_ALONG)}


def _note(mark: pathlib.Path) -> None:
    """A line more: this node."""
    import ray

    name = ray.get_runtime_context().get_node_id()[:8]
    with mark.open("a", encoding="utf-8") as file:
        file.write(f"{socket.gethostname()}/{name}\n")
