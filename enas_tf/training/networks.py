"""The networks that a child trainer trains, behind one signature.

The shared child with an arc drawn for each step, or one final child: both are
`children.network.Network`s. Controller and children meet here and nowhere below, by
the contracts `Policy` and `children.contract.SharedChild`.
"""

from collections.abc import Callable
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf

from enas_tf.children import aux_head
from enas_tf.children.contract import SharedChild
from enas_tf.children.network import Optimizer
from enas_tf.children.output import ChildOutput
from enas_tf.config.sections import ChildConfig
from enas_tf.nn import drop_path, seeds
from enas_tf.spaces.base import SearchSpace
from enas_tf.training import optimizer


class Policy(Protocol):
    """Draws arcs: the controller, or whatever stands in its place."""

    def draw(self, batch_size: int, *, seed: tf.Tensor) -> tf.Tensor:
        """The tokens of `batch_size` arcs, [batch_size, T] int32, in their ranges.

        A function of its weights and `seed` ([2] int32) alone; also in a graph.
        """


# From the number of a step, [] int64, to the tokens of its arcs, [A, T] int32, A >= 1.
Draw = Callable[[tf.Tensor], tf.Tensor]


class SampledChild:
    """The shared child; every step runs an arc freshly drawn from the controller."""

    def __init__(
        self,
        child: SharedChild,
        controller: Policy,
        space: SearchSpace,
        *,
        seed: int,
        draw: Draw | None = None,
    ):
        """Trains the child's weights.

        Args:
          child: whose weights they are.
          controller: draws the arc of each step; it is not trained here.
          space: of both.
          seed: the run's; arcs and dropout follow from it.
          draw: draws the arcs of each step in the controller's place.
        """
        self._child = child
        self._controller = controller
        self._draw = draw
        self._space = space
        self._seed = seed
        self.variables = [child.parameters.vector]
        self.decayed = [True]
        if child.aux_parameters is not None:
            self.variables.append(child.aux_parameters.vector)
            self.decayed.append(False)  # Deviation D21: trained, without L2
        self.num_tokens = space.num_tokens

    def optimizer(self, config: ChildConfig) -> Optimizer:
        """Momentum, or plain SGD where `config` has none."""
        return optimizer.of_child(self.variables, momentum=config.momentum)

    def initial_state(self, batch_size: int) -> tf.Tensor | None:
        """The child's state before the first step."""
        return self._child.initial_state(batch_size)

    def forward(
        self, inputs: tf.Tensor, *, step: tf.Tensor, state: tf.Tensor | None = None
    ) -> tuple[ChildOutput, tf.Tensor]:
        """Run the step's first arc on `inputs`; the output, and its tokens [T]."""
        tokens = self.arcs(step)[0]
        return self.run(inputs, tokens, step=step, state=state), tokens

    def arcs(self, step: tf.Tensor) -> tf.Tensor:
        """The tokens of the arcs of training step `step`, [A, T] int32."""
        if self._draw is not None:
            return self._draw(step)
        return self._controller.draw(1, seed=seeds.at(self._seed, "arc", step))

    def run(
        self,
        inputs: tf.Tensor,
        tokens: tf.Tensor,
        *,
        step: tf.Tensor,
        number: tf.Tensor | None = None,
        state: tf.Tensor | None = None,
    ) -> ChildOutput:
        """Run the arc of `tokens` [T] in training step `step`.

        Args:
          inputs: a batch.
          tokens: one row of the step's `arcs`.
          step: [] int64.
          number: which row, [] int32; None: the first of all.
          state: that of the step before, where one is carried.
        """
        carried = {} if state is None else dict(state=state)
        arc, seed = self._space.decode(tokens), self._dropout_seed(step, number)
        return self._child(inputs, arc=arc, training=True, seed=seed, **carried)

    def _dropout_seed(self, step: tf.Tensor, number: tf.Tensor | None) -> tf.Tensor:
        """That of arc `number`; of the first it is that of a step of one arc."""
        return seeds.of_part(seeds.at(self._seed, "dropout", step), number)

    def arc_text(self, tokens: np.ndarray) -> str:
        """The arc of `tokens` [T] as one would type it."""
        return self._space.text(self._space.decode(tokens))


class FinalNetwork:
    """One arc with weights of its own, a Keras model."""

    def __init__(self, model: keras.Model, *, total_steps: int, seed: int):
        """Trains all weights of the model.

        Args:
          model: the final child, [B, H, W, C] -> logits [B, V], or these and an
            auxiliary head's.
          total_steps: of the whole training, by which drop path grows.
          seed: the run's; dropout follows from it.
        """
        self.model = model
        self._total_steps = total_steps
        self._seed = seed
        trained = model.trainable_variables
        self.variables = [v.value for v in trained]
        # Deviation D21: an auxiliary head is trained, without L2.
        self.decayed = [not v.path.startswith(aux_head.NAME) for v in trained]
        self.num_tokens = 0
        self._dropouts = _layers_of(model, keras.layers.Dropout)
        # All of a model's drop path layers go by one clock.
        paths = _layers_of(model, drop_path.DropPath)
        self._clocks = {layer.clock for layer in paths}

    def optimizer(self, config: ChildConfig) -> Optimizer:
        """Momentum, or plain SGD where `config` has none."""
        return optimizer.of_child(self.variables, momentum=config.momentum)

    def initial_state(self, batch_size: int) -> None:
        """Nothing is carried."""
        return None

    @property
    def moving(self) -> list[keras.Variable]:
        """The moving averages of batch normalisation."""
        return list(self.model.non_trainable_weights)

    def forward(
        self,
        inputs: tf.Tensor,
        *,
        step: tf.Tensor,
        state: tf.Tensor | None = None,
        part: tf.Tensor | None = None,
    ) -> tuple[ChildOutput, tf.Tensor]:
        """Run the model on `inputs`; the output, and no tokens.

        `part`: the number of the part of a batch that they are, [] int32; None: all.
        """
        self._seed_dropouts(step, part)
        done = tf.cast(step + 1, tf.float32) / self._total_steps
        for clock in self._clocks:
            seed = seeds.of_part(seeds.at(self._seed, "drop_path", step), part)
            clock.set(progress=tf.minimum(1.0, done), seed=seed)
        outputs = self.model(inputs, training=True)
        logits, *aux = outputs if isinstance(outputs, list) else [outputs]
        output = ChildOutput(logits, aux_logits=aux[0] if aux else None)
        return output, tf.zeros([0], tf.int32)

    def arc_text(self, tokens: np.ndarray) -> str:
        """Empty: there is one arc, and no tokens."""
        return ""

    def _seed_dropouts(self, step: tf.Tensor, part: tf.Tensor | None) -> None:
        seed = seeds.of_part(seeds.at(self._seed, "dropout", step), part)
        for number, layer in enumerate(self._dropouts):
            # A stock Dropout keeps a generator; it is set anew for every step, so that
            # a resumed run drops what an uninterrupted one would.
            state = layer.seed_generator.state
            state.assign(tf.cast(seeds.fold(seed, number), state.dtype))


def _layers_of(model: keras.Model, kind: type[keras.Layer]) -> list[keras.Layer]:
    return [layer for layer in model.layers if isinstance(layer, kind)]
