"""A shared child that has learned from uniform arcs, and learns no more.

It is neutral: no arc was favoured. A controller trained on it alone shows what a
controller learns, without what the child learns meanwhile for the arcs of its policy.
"""

from typing import NamedTuple

import tensorflow as tf
from absl import logging

from enas_tf.benchmark.learning import stored
from enas_tf.benchmark.learning.halves import Halves
from enas_tf.children.contract import SharedChild
from enas_tf.config.sections import Config, ConfigError
from enas_tf.search.scoring import Scorer
from enas_tf.spaces.base import SearchSpace
from enas_tf.stages import assembly
from enas_tf.tasks.base import Lessons
from enas_tf.training import arc_draws, networks, schedules, shared


class UniformArcs:
    """In place of a controller; a `training.networks.Policy`."""

    def __init__(self, space: SearchSpace):
        """Has no weights.

        Args:
          space: of the arcs.
        """
        self._space = space

    def draw(self, batch_size: int, *, seed: tf.Tensor) -> tf.Tensor:
        """The tokens of `batch_size` arcs, each equally likely, [batch_size, T]."""
        return arc_draws.uniform(self._space, batch_size, seed=seed)


class Frozen(NamedTuple):
    """A child, what it is good for, and what scores its arcs."""

    space: SearchSpace
    task: Halves
    child: SharedChild
    scorer: Scorer


def build(config: Config) -> Frozen:
    """The child of `config`'s seed, as it is before it learns.

    Raises:
      ConfigError: the data cannot be had.
    """
    part = assembly.SPACES[config.run.search_for]
    space = part.space(config)
    data, whole = part.search_data(config, space)
    task, child = Halves(whole), part.shared(space, config, data)
    return Frozen(space, task, child, Scorer(child, space, task))


def train(frozen: Frozen, config: Config, folder: str) -> None:
    """Trains the child of `config`, or reads what was trained before.

    Args:
      frozen: what `build` gave.
      config: of a search.
      folder: where trained weights are kept, see `stored`; "": nowhere.

    Raises:
      ConfigError: what is in the folder is not readable, or the training has come to a
        loss that is not a number.
    """
    network = _network(config, frozen)
    path = stored.path(folder, config) if folder else None
    if path and stored.load(path, network.variables):
        return
    _train(config, network, frozen.task)
    if path:
        stored.save(path, network.variables)


def _network(config: Config, frozen: Frozen) -> networks.SampledChild:
    space, seed = frozen.space, config.run.seed
    policy, lessons = UniformArcs(space), _lessons(config, frozen.task)
    draw = arc_draws.of_config(
        config.child,
        policy,
        space,
        steps_before=lessons.steps_before,
        num_epochs=config.loop.num_epochs,
        seed=seed,
    )
    return networks.SampledChild(frozen.child, policy, space, seed=seed, draw=draw)


def _lessons(config: Config, task: Halves) -> Lessons:
    loop = config.loop
    return task.lessons(
        batch_size=loop.batch_size, num_epochs=loop.num_epochs, seed=config.run.seed
    )


def _train(config: Config, network: networks.SampledChild, task: Halves) -> None:
    """All epochs of a search, without its controller."""
    lessons = _lessons(config, task)
    trainer = shared.SharedTrainer(network, task, config.child, lessons=lessons)
    epochs = config.loop.num_epochs
    for epoch in range(epochs):
        steps = (lessons.steps_before(number) for number in (epoch, epoch + 1))
        first, last = (tf.constant(step, tf.int64) for step in steps)
        lr = tf.constant(schedules.child_learning_rate(config.child, epoch))
        run = trainer.run(first, last, lr)
        if not run.goes_on:
            raise ConfigError(
                f"The loss of the child is not a number at step {int(run.last)}. Lower "
                "its learning rate, --child_lr_max or --child_lr."
            )
        logging.info(
            "Child with seed %d, epoch %d of %d: loss %.3f at its last step.",
            config.run.seed,
            epoch + 1,
            epochs,
            float(run.metrics.loss),
        )
