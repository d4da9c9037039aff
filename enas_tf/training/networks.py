"""What the child trainer trains: a network behind one signature.

The shared child with an arc drawn for each step, or one final child. Controller and
children meet here and nowhere below.
"""

from typing import Any, Protocol

import keras
import tensorflow as tf

from enas_tf.children.output import ChildOutput
from enas_tf.nn import seeds


class Network(Protocol):
    """Something with variables that answers a training batch.

    `forward` also returns the tokens of the arc it ran, [num_tokens] int32: none for a
    network of one arc.
    """

    variables: list[tf.Variable]
    num_tokens: int

    def forward(
        self, inputs: tf.Tensor, *, step: tf.Tensor
    ) -> tuple[ChildOutput, tf.Tensor]:
        """Run training step `step` ([] int64)."""


class SampledChild:
    """The shared child; every step runs an arc freshly drawn from the controller."""

    def __init__(self, child: Any, controller: Any, space: Any, *, seed: int):
        """Args: a shared child, a controller, their space, the run's seed."""
        self._child = child
        self._controller = controller
        self._space = space
        self._seed = seed
        self.variables = [child.parameters.vector]
        self.num_tokens = space.num_tokens

    def forward(self, inputs, *, step):
        """See `Network`."""
        draw = seeds.at(self._seed, "arc", step)
        tokens = self._controller.sample(1, seed=draw).tokens[0]
        output = self._child(
            inputs,
            arc=self._space.decode(tokens),
            training=True,
            seed=seeds.at(self._seed, "dropout", step),
        )
        return output, tokens


class FinalNetwork:
    """One arc with weights of its own, a model of stock Keras layers."""

    def __init__(self, model: keras.Model, *, seed: int):
        """Args: the final child; the run's seed."""
        self.model = model
        self._seed = seed
        self.variables = [v.value for v in model.trainable_variables]
        self.num_tokens = 0
        dropout = keras.layers.Dropout
        self._dropouts = [layer for layer in model.layers if isinstance(layer, dropout)]

    def forward(self, inputs, *, step):
        """See `Network`."""
        seed = seeds.at(self._seed, "dropout", step)
        for number, layer in enumerate(self._dropouts):
            # A stock Dropout keeps a generator; it is set anew for every step, so that
            # a resumed run drops what an uninterrupted one would.
            state = layer.seed_generator.state
            state.assign(tf.cast(seeds.fold(seed, number), state.dtype))
        logits = self.model(inputs, training=True)
        return ChildOutput(logits), tf.zeros([0], tf.int32)
