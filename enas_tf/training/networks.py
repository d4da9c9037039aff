"""What the child trainer trains: a network behind one signature.

The shared child with an arc drawn for each step, or one final child. Controller and
children meet here and nowhere below.
"""

from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf

from enas_tf.children import aux_head
from enas_tf.children.output import ChildOutput
from enas_tf.config.sections import ChildConfig
from enas_tf.nn import drop_path, seeds
from enas_tf.training import optimizer


class Network(Protocol):
    """Something with variables that answers a training batch.

    Attributes:
      variables: what is trained.
      decayed: whether L2 is for the variable, for each of them.
      num_tokens: of the arc that `forward` reports, 0 for a network of one arc.
    """

    variables: list[tf.Variable]
    decayed: list[bool]
    num_tokens: int

    def optimizer(self, config: ChildConfig) -> Any:
        """What trains `variables`, new."""

    def initial_state(self, batch_size: int) -> tf.Tensor | None:
        """What is carried into the first step; none if nothing is ever carried."""

    def forward(
        self, inputs: tf.Tensor, *, step: tf.Tensor, state: tf.Tensor | None = None
    ) -> tuple[ChildOutput, tf.Tensor]:
        """Run training step `step` ([] int64); also the arc's tokens, [num_tokens].

        `state`: that of the output of the step before.
        """

    def arc_text(self, tokens: np.ndarray) -> str:
        """The arc of `tokens` as one would type it, "" for a network of one arc."""


class SampledChild:
    """The shared child; every step runs an arc freshly drawn from the controller."""

    def __init__(self, child: Any, controller: Any, space: Any, *, seed: int):
        """Args: a shared child, a controller, their space, the run's seed."""
        self._child = child
        self._controller = controller
        self._space = space
        self._seed = seed
        self.variables = [child.parameters.vector]
        self.decayed = [True]
        if child.aux_parameters is not None:
            self.variables.append(child.aux_parameters.vector)
            self.decayed.append(False)  # Deviation D21: trained, without L2
        self.num_tokens = space.num_tokens

    def optimizer(self, config):
        """See `Network`."""
        return optimizer.of_child(self.variables, momentum=config.momentum)

    def initial_state(self, batch_size):
        """See `Network`."""
        return self._child.initial_state(batch_size)

    def forward(self, inputs, *, step, state=None):
        """See `Network`."""
        carried = {} if state is None else dict(state=state)
        draw = seeds.at(self._seed, "arc", step)
        tokens = self._controller.draw(1, seed=draw)[0]
        output = self._child(
            inputs,
            arc=self._space.decode(tokens),
            training=True,
            seed=seeds.at(self._seed, "dropout", step),
            **carried,
        )
        return output, tokens

    def arc_text(self, tokens):
        """See `Network`."""
        return self._space.text(self._space.decode(tokens))


class FinalNetwork:
    """One arc with weights of its own, a Keras model."""

    def __init__(self, model: keras.Model, *, total_steps: int, seed: int):
        """Args: the final child to train; steps of the whole training; run's seed."""
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

    def optimizer(self, config):
        """See `Network`."""
        return optimizer.of_child(self.variables, momentum=config.momentum)

    def initial_state(self, batch_size):
        """See `Network`."""
        return None

    def forward(self, inputs, *, step, state=None):
        """See `Network`."""
        self._seed_dropouts(step)
        done = tf.cast(step + 1, tf.float32) / self._total_steps
        for clock in self._clocks:
            seed = seeds.at(self._seed, "drop_path", step)
            clock.set(progress=tf.minimum(1.0, done), seed=seed)
        outputs = self.model(inputs, training=True)
        logits, *aux = outputs if isinstance(outputs, list) else [outputs]
        output = ChildOutput(logits, aux_logits=aux[0] if aux else None)
        return output, tf.zeros([0], tf.int32)

    def arc_text(self, tokens):
        """See `Network`."""
        return ""

    def _seed_dropouts(self, step: tf.Tensor) -> None:
        seed = seeds.at(self._seed, "dropout", step)
        for number, layer in enumerate(self._dropouts):
            # A stock Dropout keeps a generator; it is set anew for every step, so that
            # a resumed run drops what an uninterrupted one would.
            state = layer.seed_generator.state
            state.assign(tf.cast(seeds.fold(seed, number), state.dtype))


def _layers_of(model: keras.Model, kind: type[keras.Layer]) -> list[Any]:
    return [layer for layer in model.layers if isinstance(layer, kind)]
