"""The one owner of a shared child's weights: named views into one flat vector.

A shared child has hundreds of small weights of which a step uses a few. As one vector,
regularisation, clipping and the momentum update are one operation each, however many
names there are (docs/design.md, "One vector").
"""

import math
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from enas_tf.nn import seeds


class Weight(NamedTuple):
    """One named weight.

    Attributes:
      name: path, such as `layer_3/in/kernel`.
      shape: its shape.
      fan_in: He initialisation for so many inputs; 0 for a constant.
      constant: first value, where `fan_in` is 0.
    """

    name: str
    shape: tuple[int, ...]
    fan_in: int = 0
    constant: float = 0.0

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)


class Parameters(keras.layers.Layer):
    """Weights by name, stored in `vector` ([P] float32) in the order given."""

    def __init__(self, weights: list[Weight], *, seed: int, name: str = "parameters"):
        """Creates and initialises the vector; names must differ."""
        super().__init__(name=name)
        names = [weight.name for weight in weights]
        assert len(set(names)) == len(names), "two weights of one name"
        self.weights_by_name = {weight.name: weight for weight in weights}
        start = np.concatenate([_initial(weight, seed).ravel() for weight in weights])
        self._vector = self.add_weight(name="vector", shape=start.shape)
        self._vector.assign(start)

    @property
    def vector(self) -> tf.Variable:
        """[P] float32: what an optimiser updates and a checkpoint holds."""
        return self._vector.value

    def views(self) -> dict[str, tf.Tensor]:
        """The weights by name; take them once in a step."""
        return self.unpack(tf.convert_to_tensor(self.vector))

    def unpack(self, vector: tf.Tensor) -> dict[str, tf.Tensor]:
        """Any [P] vector (weights, a gradient) as named tensors."""
        weights = self.weights_by_name.values()
        parts = tf.split(vector, [weight.size for weight in weights])
        return {
            weight.name: tf.reshape(part, weight.shape)
            for weight, part in zip(weights, parts, strict=True)
        }

    def load(self, values: dict[str, np.ndarray]) -> None:
        """Set every weight; `values` must name each, in its shape."""
        assert set(values) == set(self.weights_by_name), "other names"
        for name, weight in self.weights_by_name.items():
            assert values[name].shape == weight.shape, name
        self._vector.assign(
            np.concatenate([values[name].ravel() for name in self.weights_by_name])
        )


def _initial(weight: Weight, seed: int) -> np.ndarray:
    if not weight.fan_in:
        return np.full(weight.shape, weight.constant, np.float32)
    initializer = keras.initializers.TruncatedNormal(
        stddev=math.sqrt(2.0 / weight.fan_in), seed=seeds.of_name(seed, weight.name)
    )
    return np.asarray(initializer(weight.shape, "float32"))
