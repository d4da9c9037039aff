"""A controller that is paid by another program, arc by arc.

The arcs of an update are drawn once, by its seed. When all of them have their rewards,
the update is that of any search: `ControllerTrainer` is given these arcs in place of a
draw, and their rewards in place of a measurement.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from enas_tf.command.request import Request
from enas_tf.nn import seeds
from enas_tf.run import counters, finite
from enas_tf.run.report import Report
from enas_tf.search.controller import Controller
from enas_tf.search.controller_trainer import ControllerMetrics, ControllerTrainer
from enas_tf.search.rewarder import Rewarded
from enas_tf.search.signal import Variances
from enas_tf.search.walk import Sample
from enas_tf.spaces.base import SearchSpace
from enas_tf.stages import assembly


class AnsweredController(Controller):
    """A controller whose `sample` is of arcs that were drawn before: `answered`."""

    answered: tf.Variable

    def sample(self, batch_size: int, *, seed: tf.Tensor) -> Sample:
        """The arcs `answered`, and how likely the policy makes them."""
        del batch_size, seed
        return self.log_prob(tf.convert_to_tensor(self.answered))


class ToldRewards:
    """What was told; `search.rewarder.Rewards`.

    Attributes:
      values: [K] float32, a variable: of the arcs of the next update.
    """

    def __init__(self, count: int):
        """Holds none.

        Args:
          count: of the arcs of an update.
        """
        self.values = tf.Variable(tf.zeros([count]))

    def of(self, tokens: tf.Tensor, update: tf.Tensor) -> Rewarded:
        """As `Rewards.of`; nothing is known of the noise in them."""
        del tokens, update
        values = tf.convert_to_tensor(self.values)
        total = tf.math.reduce_variance(values)
        return Rewarded(values, values, Variances(total, tf.zeros([])))


class Learner:
    """The controller of one folder, at its last checkpoint.

    Attributes:
      space: of the arcs.
      size: arcs of an update.
    """

    def __init__(self, made: Request, report: Report):
        """Builds it, and goes to the last checkpoint, or writes the first one.

        Args:
          made: of a search.
          report: of its stage.
        """
        config = made.configs["search"]
        self.space: SearchSpace[Any] = assembly.SPACES[config.run.search_for].space(
            config
        )
        self.size, self._seed = config.controller.num_aggregate, config.run.seed
        self._report = report
        self._rewards = ToldRewards(self.size)
        self._controller = AnsweredController(
            self.space.tape(), config.controller, seed=self._seed
        )
        shape = [self.size, self.space.num_tokens]
        self._controller.answered = tf.Variable(tf.zeros(shape, tf.int32))
        self._trainer = ControllerTrainer(
            self._controller,
            self._rewards,
            config.controller,
            num_tokens=self.space.num_tokens,
            total_updates=config.controller.updates_by(config.loop.num_epochs),
            seed=self._seed,
        )
        weights = [v.value for v in self._controller.trainable_variables]
        self._driver = assembly.driver(
            made,
            "search",
            report,
            dict(controller=weights, controller_trainer=self._trainer.variables),
            counters.OF_SEARCH,
            means=[],
            free=self._trainer.free,
        )
        if not assembly.restore(self._driver, report, "search"):
            self._driver.save()

    @property
    def update(self) -> int:
        """The number of the update that is due; as many are done."""
        return self._driver.position[counters.CONTROLLER]

    def draw(self) -> np.ndarray:
        """The arcs of the update that is due, [K, T] int32."""
        draw = seeds.at(self._seed, "controller", self.update)
        return self._controller.draw(self.size, seed=draw).numpy()

    def learn(self, tokens: np.ndarray, rewards: Mapping[int, float]) -> None:
        """Make the update that is due, and save.

        Args:
          tokens: [K, T], as drawn.
          rewards: of each of them, by its place.

        Raises:
          NotFinite: the loss is not a number; nothing is saved.
        """
        self._controller.answered.assign(tokens)
        self._rewards.values.assign([rewards[place] for place in range(self.size)])
        self._driver.advance(
            counters.CONTROLLER,
            self.update + 1,
            self._call,
            log=lambda step: None,
            timed=lambda: None,
        )
        self._driver.save()

    def _call(self, first: int, last: int) -> None:
        run = self._trainer.run(
            tf.constant(first, tf.int64), tf.constant(last, tf.int64)
        )
        metrics = ControllerMetrics(*(float(value[0]) for value in run.metrics))
        if not np.isfinite(metrics.loss):
            what = f"The controller's loss is not a number at update {first}"
            raise finite.NotFinite(what, finite.CONTROLLER)
        # What was measured, and its noise, only the other program knows.
        unknown = ("measured", "noise_variance", "value_variance")
        values = {n: v for n, v in metrics._asdict().items() if n not in unknown}
        values |= self.space.statistics(run.tokens.numpy()[0])
        self._report.scalars("controller", last, values)
