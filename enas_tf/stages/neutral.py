"""A copy of a search's shared weights that favours no arcs.

The shared weights were trained on the arcs of the policy, so others score lower under
them than they would under weights of their own. Some more epochs on uniformly random
arcs even that out. The search's weights, and its checkpoint, stay as they are.
"""

import contextlib
import dataclasses
import functools
from collections.abc import Iterator

from enas_tf.command.request import Request
from enas_tf.config.sections import ChildConfig
from enas_tf.nn import seeds
from enas_tf.run import counters
from enas_tf.run.report import Report
from enas_tf.stages import assembly
from enas_tf.stages.search_stage import SearchStage
from enas_tf.training import arc_draws, networks, schedules, shared
from enas_tf.training.driver import Driver
from enas_tf.training.epochs import ChildEpochs

LR_SHARE = 0.1  # of the search's first learning rate


def settings(config: ChildConfig) -> ChildConfig:
    """Those of a search's child, with uniform arcs and one low learning rate."""
    return dataclasses.replace(
        config,
        sampling="uniform",
        sampling_epochs=0,
        lr_cosine=False,
        lr=LR_SHARE * schedules.child_learning_rate(config, 0),
        lr_dec_rate=1.0,
    )


@contextlib.contextmanager
def weights(request: Request, stage: SearchStage) -> Iterator[None]:
    """Inside, the shared child has neutral weights; then its own again.

    Raises:
      NotFinite: the loss became no number.
    """
    with assembly.muted_report(
        request, progress=request.configs["search"].run.progress
    ) as report:
        network = _network(request, stage)
        kept = [variable.numpy() for variable in network.variables]
        try:
            _train(request, stage, network, report)
            yield
        finally:
            for variable, value in zip(network.variables, kept, strict=True):
                variable.assign(value)


def _seed(request: Request) -> int:
    """Of all that is drawn here; the search has drawn with its own."""
    return seeds.of_name(request.configs["search"].run.seed, "derive/neutral")


def _network(request: Request, stage: SearchStage) -> networks.SampledChild:
    config, seed = request.configs["search"], _seed(request)
    draw = arc_draws.of_config(
        settings(config.child),
        stage.controller,
        stage.space,
        steps_before=lambda epoch: 0,  # they do not change
        num_epochs=config.derive.neutral_epochs,
        seed=seed,
    )
    return networks.SampledChild(
        stage.child, stage.controller, stage.space, seed=seed, draw=draw
    )


def _train(
    request: Request,
    stage: SearchStage,
    network: networks.SampledChild,
    report: Report,
) -> None:
    """The epochs, from the first: nothing of them is kept."""
    config, child = request.configs["search"], settings(request.configs["search"].child)
    count = config.derive.neutral_epochs
    lessons = stage.task.lessons(
        batch_size=config.loop.batch_size, num_epochs=count, seed=_seed(request)
    )
    trainer = shared.SharedTrainer(network, stage.task, child, lessons=lessons)
    driver = assembly.unsaved_driver(
        report, stop=stage.driver.stop, log_every=config.loop.log_every
    )
    total = lessons.steps_before(count)
    left = functools.partial(_announce, request, report, driver, total)
    epochs = ChildEpochs(trainer, driver, report, child, timed=left)
    report.message(
        f"Neutral weights: {count} more epoch{'s' if count > 1 else ''}, of uniformly "
        f"random arcs, learning rate {child.lr:.3g}. The search's weights stay."
    )
    report.begin("neutral weights", total)
    for epoch in range(count):
        epochs.train(epoch)
    report.finish()


def _announce(request: Request, report: Report, driver: Driver, total: int) -> None:
    left = total - driver.position[counters.CHILD]
    seconds = left * driver.seconds_per_step[counters.CHILD]
    assembly.announce(report, "neutral weights", seconds, request)
