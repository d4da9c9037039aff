"""The controller alone on a frozen shared child: what it gains over random arcs."""

import functools
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from absl import logging

from enas_tf.benchmark.learning import frozen_child, halves, stored
from enas_tf.benchmark.learning import gain as gain_lib
from enas_tf.benchmark.learning.frozen_child import Frozen
from enas_tf.benchmark.learning.gain import Gain
from enas_tf.benchmark.learning.learner import Learner
from enas_tf.config import errors
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config, ConfigError, ControllerConfig
from enas_tf.nn import seeds
from enas_tf.search import rewards
from enas_tf.search.payer import Payer
from enas_tf.search.rewarder import Rewarder


class Size(NamedTuple):
    """How much is tried.

    Attributes:
      children: shared children; child n has the run's seed plus n.
      seeds: controllers on each.
      rewards: of each controller.
      folder: where trained children are kept; "": nowhere.
    """

    children: int = 1
    seeds: int = 2
    rewards: int = 3000
    folder: str = ""


def compare(
    config: Config, configs: Mapping[str, ControllerConfig], size: Size
) -> dict[str, list[Gain]]:
    """The gains by the name of the controller's settings, one a controller.

    Args:
      config: of a search; its child is trained as it says.
      configs: the controllers'.
      size: how many of all.

    Raises:
      ConfigError: data or batches that cannot be had.
    """
    found: dict[str, list[Gain]] = {name: [] for name in configs}
    most = max(one.num_aggregate for one in configs.values())
    if size.rewards < most:
        allowed = f"at least {most}, the arcs of an update"
        raise ConfigError(errors.refusal("learning_rewards", size.rewards, allowed))
    if size.folder:
        stored.prepare(size.folder)
    of_texts = config.run.search_for in config_lib.TEXTS
    unit = "a nat a word" if of_texts else "1 % of accuracy"
    updates = {one.num_aggregate for one in configs.values()}
    counts = {size.rewards // arcs * arcs for arcs in updates}
    rewards = " or ".join(f"{count:,}" for count in sorted(counts))
    logging.info(
        "Gains on a frozen child, of controllers with %s rewards (whole updates); a "
        "point is %s.",
        rewards,
        unit,
    )
    for number in range(size.children):
        own = config_lib.replace(config, {"seed": config.run.seed + number})
        frozen = frozen_child.build(own)
        most = frozen.task.size(halves.PAYING)
        batches = {name: _reward_batch(one, own, most) for name, one in configs.items()}
        frozen_child.train(frozen, own, size.folder)
        score = _scoring(frozen, own)
        random = frozen.space.random(
            seeds.on_host(own.run.seed, "random_arcs"), gain_lib.ARCS
        )
        by_chance = score(random)
        for name, one in configs.items():
            learner = _learner(frozen, one, batches[name], size.rewards)
            for turn in range(size.seeds):
                learner.begin(config.run.seed + turn)
                learner.learn(size.rewards // one.num_aggregate)
                ours = score(learner.arcs(gain_lib.ARCS))
                measure = frozen.task.measure
                gain = gain_lib.of(ours, by_chance, measure, own.run.seed)
                found[name].append(gain)
                _tell(name, gain, f"child {number}, controller {turn}")
    return found


def _scoring(frozen: Frozen, config: Config) -> Callable[[np.ndarray], np.ndarray]:
    """From arcs [N, T] to their values at the unseen examples."""
    return functools.partial(
        gain_lib.values,
        frozen.scorer,
        size=frozen.task.size(halves.UNSEEN),
        batch_size=config.loop.batch_size,
        seed=config.run.seed,
    )


def figures(gains: Mapping[str, list[Gain]]) -> dict[str, float]:
    """All under names; those without a name of settings are of "given"."""
    found: dict[str, float] = {}
    for name, rows in gains.items():
        mean = gain_lib.mean(rows)
        _tell(name, mean, "mean of all")
        middle = "" if name == "given" else f"{name}."
        parts = {f"learning.frozen.{middle}": mean}
        parts |= {
            f"learning.frozen.{name}.search_{n}.": row for n, row in enumerate(rows)
        }
        for start, one in parts.items():
            found |= {f"{start}{key}": value for key, value in one.figures().items()}
    return found


def _tell(name: str, gain: Gain, of: str) -> None:
    found = gain.figures()
    logging.info(
        "%-10s %s: %+.2f points over random (%+.2f to %+.2f), %+.2f standard deviations"
        " of random arcs, whose best is %+.2f; better than %.0f %% of them",
        *(name, of, *gain[:3], found["gain_sd"], found["best_sd"], 100 * gain.beaten),
    )


def _learner(
    frozen: Frozen, controller: ControllerConfig, batch_size: int, count: int
) -> Learner:
    """A controller with the settings `controller`, for `count` rewards."""
    measure = frozen.task.measure
    payer = Payer(rewards.chosen(controller, measure), frozen.space, measure)

    def paid_by(seed: tf.Variable) -> Rewarder:
        return Rewarder(
            frozen.scorer,
            controller,
            payer=payer,
            batch_size=batch_size,
            seed=seed,
        )

    return Learner(
        frozen.space.tape(),
        controller,
        rewards=paid_by,
        num_tokens=frozen.space.num_tokens,
        total_updates=count // controller.num_aggregate,
    )


def _reward_batch(controller: ControllerConfig, config: Config, most: int) -> int:
    """The examples of a reward; there are `most` of them."""
    flag = "controller_batch_size" if controller.batch_size else "batch_size"
    asked = controller.batch_size or config.loop.batch_size
    if asked > most:
        allowed = f"at most {most}, half of the validation examples"
        raise ConfigError(errors.refusal(flag, asked, allowed))
    return asked
