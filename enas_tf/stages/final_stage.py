"""One final child, put together with all that trains it."""

import functools
from typing import Any, NamedTuple

from enas_tf.command.request import Request
from enas_tf.config.sections import Config
from enas_tf.data.dataset import Dataset
from enas_tf.nn import replicas as replicas_lib
from enas_tf.nn.replicas import Replicas
from enas_tf.run import counters
from enas_tf.run.report import Report
from enas_tf.stages import (
    assembly,
    devices,
    final_tasks,
    same_data,
    same_ops,
    warm_start,
)
from enas_tf.stages.same_data import Facts
from enas_tf.tasks.final import FinalTask
from enas_tf.training.driver import Driver
from enas_tf.training.epochs import ChildEpochs
from enas_tf.training.parts import PartsTrainer


class FinalStage(NamedTuple):
    """One final child, put together and standing where its last checkpoint was.

    Attributes:
      final: the child.
      epochs: trains it.
      driver: carries that on.
      total_steps: of the whole training.
      data: the checksum of what it is trained and tested on.
    """

    final: FinalTask[Any]
    epochs: ChildEpochs
    driver: Driver
    total_steps: int
    data: str


def build(
    request: Request,
    config: Config,
    report: Report,
    replicas: Replicas = replicas_lib.ALONE,
) -> FinalStage:
    """The final child and what trains it, standing at its last checkpoint.

    Args:
      request: says the arc and the folder.
      config: of the training.
      report: is told what is found.
      replicas: share each batch.

    Raises:
      ConfigError: the settings do not fit the data, or the folder's training.
    """
    same_ops.bind(request, "train")
    read: list[Dataset] = []
    facts: list[Facts] = []

    def bind(data: Dataset) -> None:
        facts.append(same_data.bind(request, "train", data, report))
        read.append(data)

    final = final_tasks.of(config)(config, assembly.fixed_arc(request), bind=bind)
    total = final.lessons.steps_before(config.loop.num_epochs)
    trainer = PartsTrainer(
        final.network,
        final.task,
        config.child,
        lessons=final.lessons,
        jit_compile=config.loop.jit_compile,
        replicas=replicas,
    )
    driver = assembly.driver(
        request,
        "train",
        report,
        dict(model=final.variables, optimizer=trainer.variables),
        counters.OF_TRAINING,
        means=trainer.means,
        free=trainer.free,
    )
    announce_left = functools.partial(_announce_left, request, report, driver, total)
    epochs = ChildEpochs(trainer, driver, report, config.child, timed=announce_left)
    if not assembly.restore(driver, report, "train"):
        warm_start.begin(request, report, final, read[0])
    devices.join(request, "train", driver, replicas)
    for line in final.describe():
        report.message(line)
    return FinalStage(final, epochs, driver, total, facts[0].checksum)


def _announce_left(
    request: Request, report: Report, driver: Driver, total: int
) -> None:
    """Say how long the steps that are left will take."""
    left = total - driver.position[counters.CHILD]
    seconds = left * driver.seconds_per_step[counters.CHILD]
    assembly.announce(report, "train", seconds, request)
