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
      constant: first value, where `fan_in` and `uniform` are 0.
      uniform: its first values are uniform between minus and plus it, if it is not 0.
    """

    name: str
    shape: tuple[int, ...]
    fan_in: int = 0
    constant: float = 0.0
    uniform: float = 0.0

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)


class Packed(NamedTuple):
    """Weights that are used together, side by side in a row; one row of many is used.

    So what a choice decides is fetched by one gather, however many weights it has.

    Attributes:
      name: path of the whole; a piece's path is `<name>/<piece's name>`.
      rows: how many rows.
      pieces: the weights of one row, with the shape that each has in it.
    """

    name: str
    rows: int
    pieces: tuple[Weight, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """[rows, numbers in a row]."""
        return self.rows, sum(piece.size for piece in self.pieces)

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    def stacked(self) -> list[Weight]:
        """The pieces of all rows: path and shape [rows, ...]."""
        return [
            piece._replace(
                name=f"{self.name}/{piece.name}", shape=(self.rows, *piece.shape)
            )
            for piece in self.pieces
        ]

    def take(self, row: tf.Tensor, prefix: str) -> dict[str, tf.Tensor]:
        """The neighbouring pieces of `row` ([R]) below `prefix`, by the rest of it."""
        wanted = [p for p in self.pieces if p.name.startswith(prefix)]
        start = sum(p.size for p in self.pieces[: self.pieces.index(wanted[0])])
        sizes = [p.size for p in wanted]
        # tf.slice, whose gradient is cheaper than that of row[start:end].
        parts = tf.split(tf.slice(row, [start], [sum(sizes)]), sizes)
        return {
            piece.name.removeprefix(prefix): _shaped(part, piece.shape)
            for piece, part in zip(wanted, parts, strict=True)
        }

    def unpack(self, table: tf.Tensor) -> dict[str, tf.Tensor]:
        """Every piece of all rows ([rows, R]) by its path, [rows, ...] each."""
        parts = tf.split(table, [piece.size for piece in self.pieces], axis=1)
        return {
            piece.name: tf.reshape(part, piece.shape)
            for piece, part in zip(self.stacked(), parts, strict=True)
        }


class Parameters(keras.layers.Layer):
    """Weights by name, stored in `vector` ([P] float32) in the order given."""

    def __init__(
        self,
        weights: list[Weight | Packed],
        *,
        seed: int,
        name: str = "parameters",
    ):
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
        return self._cut(tf.convert_to_tensor(self.vector))

    def unpack(self, vector: tf.Tensor) -> dict[str, tf.Tensor]:
        """Any [P] vector (weights, a gradient) as named tensors, pieces included."""
        views = self._cut(vector)
        for weight in self.weights_by_name.values():
            if isinstance(weight, Packed):
                views |= weight.unpack(views[weight.name])
        return views

    def _cut(self, vector: tf.Tensor) -> dict[str, tf.Tensor]:
        weights = self.weights_by_name.values()
        parts = tf.split(vector, [weight.size for weight in weights])
        return {
            weight.name: _shaped(part, weight.shape)
            for weight, part in zip(weights, parts, strict=True)
        }

    def load(self, values: dict[str, np.ndarray]) -> None:
        """Set every weight; `values` must name each, in its shape.

        Of a packed weight it names the pieces, [rows, ...] each.
        """
        left = dict(values)
        flat = [_pop(weight, left) for weight in self.weights_by_name.values()]
        assert not left, "other names"
        self._vector.assign(np.concatenate([value.ravel() for value in flat]))


def _shaped(part: tf.Tensor, shape: tuple[int, ...]) -> tf.Tensor:
    """A part of a vector as `shape`; what is one-dimensional costs no operation."""
    return part if len(shape) == 1 else tf.reshape(part, shape)


def _pop(weight: Weight | Packed, values: dict[str, np.ndarray]) -> np.ndarray:
    """The value of `weight`, taken out of `values`."""
    if isinstance(weight, Packed):
        return _side_by_side([_pop(piece, values) for piece in weight.stacked()])
    value = values.pop(weight.name)
    assert value.shape == weight.shape, weight.name
    return value


def _side_by_side(pieces: list[np.ndarray]) -> np.ndarray:
    """[rows, ...] arrays as one [rows, R]."""
    return np.concatenate([p.reshape(len(p), -1) for p in pieces], axis=1)


def _initial(weight: Weight | Packed, seed: int) -> np.ndarray:
    if isinstance(weight, Packed):
        return _side_by_side([_initial(piece, seed) for piece in weight.stacked()])
    return np.asarray(_initializer(weight, seed)(weight.shape, "float32"))


def _initializer(weight: Weight, seed: int) -> keras.initializers.Initializer:
    own = seeds.of_name(seed, weight.name)
    if weight.uniform:
        return keras.initializers.RandomUniform(
            -weight.uniform, weight.uniform, seed=own
        )
    if weight.fan_in:
        deviation = math.sqrt(2.0 / weight.fan_in)
        return keras.initializers.TruncatedNormal(stddev=deviation, seed=own)
    return keras.initializers.Constant(weight.constant)
