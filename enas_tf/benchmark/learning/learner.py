"""The controller and its trainer, traced once and begun anew with any seed.

A trace takes longer than a search on a table. So the seed is a variable of the graph,
and a new search assigns the first values of its seed's weights.
"""

from collections.abc import Callable, Iterable

import numpy as np
import tensorflow as tf

from enas_tf.config.sections import ControllerConfig
from enas_tf.nn import seeds
from enas_tf.search.controller import Controller
from enas_tf.search.controller_trainer import ControllerTrainer
from enas_tf.search.rewarder import Rewards
from enas_tf.spaces import base


class Learner:
    """One controller that learns from rewards alone.

    `begin` comes first; then `learn` and `arcs`, in turns.
    """

    def __init__(
        self,
        tape: Iterable[base.Step],
        config: ControllerConfig,
        *,
        rewards: Callable[[tf.Variable], Rewards],
        num_tokens: int,
        total_updates: int,
    ):
        """Nothing is traced yet.

        Args:
          tape: what is decided.
          config: the controller's and its trainer's settings.
          rewards: makes what pays it, with the seed ([] int32) that it is to draw by.
          num_tokens: T, of an arc.
          total_updates: of a whole search.
        """
        self._tape = tuple(tape)
        self._config = config
        self._seed = tf.Variable(0)
        self._controller = Controller(self._tape, config, seed=0)
        self._trainer = ControllerTrainer(
            self._controller,
            rewards(self._seed),
            config,
            num_tokens=num_tokens,
            total_updates=total_updates,
            seed=self._seed,
        )
        self._start = [tf.identity(value) for value in self._trainer.variables]
        self._done = 0

    def begin(self, seed: int) -> None:
        """Forget all; what follows equals a new search with `seed`."""
        fresh = Controller(self._tape, self._config, seed=seed)
        for weight, value in zip(self._controller.weights, fresh.weights, strict=True):
            weight.assign(value)
        for variable, start in zip(self._trainer.variables, self._start, strict=True):
            variable.assign(start)
        self._seed.assign(seed)
        self._done = 0

    def learn(self, updates: int) -> None:
        """Come to so many updates since `begin`."""
        first, last = (tf.constant(n, tf.int64) for n in (self._done, updates))
        self._trainer.run(first, last)
        self._done = updates

    def arcs(self, count: int) -> np.ndarray:
        """Arcs of the policy as it is, [count, T] int32."""
        draw = seeds.at(self._seed, "derive", self._done)
        return self._controller.draw(count, seed=draw).numpy()
