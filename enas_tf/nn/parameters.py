"""A shared child's weights: named views into one flat vector.

The problem: a shared child has hundreds of small weights, of which a step uses a few.
With a variable for each, L2, clipping and momentum take operations for every one of
them, used or not; in a step of a small network those outweigh the rest.

The idea: one variable holds them all, side by side, and a step takes named views out of
it once. The optimizer sees one tensor, so each of its operations is one
(docs/experiments.md, "One vector"). Weights that one choice decides together lie side
by side in a row, so that one gather fetches them.

Not for a final child, whose weights are those of stock Keras layers. Nor where weights
that a step does not use must not decay: momentum and L2 reach the whole vector.
"""

import math
from collections.abc import Callable, Sequence
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
      fan_in: number of inputs of the kernel, for He initialisation; 0: none of it.
      constant: first value, where `fan_in` and `uniform` are 0.
      uniform: limit of the first values, drawn between minus and plus it; 0: not so.
      initial: from a seed to what draws the first values, if none of these will do; of
        a packed weight for all rows at once, [rows, *shape].
      rows: what each place along its first axis is of, such as the names of ops; by
        these a later search takes it over. Empty: places mean the same everywhere.
    """

    name: str
    shape: tuple[int, ...]
    fan_in: int = 0
    constant: float = 0.0
    uniform: float = 0.0
    initial: Callable[[int], keras.initializers.Initializer] | None = None
    rows: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)


class Packed(NamedTuple):
    """A table of weights: a choice takes one row, in which several lie side by side.

    Attributes:
      name: path of the whole; a piece's path is `<name>/<piece's name>`.
      rows: number of rows, that is of things to choose from.
      pieces: the weights of one row, each with its shape in that row.
      labels: of the rows, as `Weight.rows`.
    """

    name: str
    rows: int
    pieces: tuple[Weight, ...]
    labels: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """[rows, R], with R the elements of all pieces."""
        return self.rows, sum(piece.size for piece in self.pieces)

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    def stacked(self) -> list[Weight]:
        """The pieces of all rows: path and shape [rows, ...]."""
        return [
            piece._replace(
                name=f"{self.name}/{piece.name}",
                shape=(self.rows, *piece.shape),
                rows=self.labels,
            )
            for piece in self.pieces
        ]

    def take(self, row: tf.Tensor, prefix: str) -> dict[str, tf.Tensor]:
        """Some neighbouring pieces of a row.

        Args:
          row: [R], one row of the table.
          prefix: beginning of the wanted pieces' names.

        Returns:
          {name without the prefix: the piece, in its shape}.
        """
        wanted = [p for p in self.pieces if p.name.startswith(prefix)]
        if not wanted:
            return {}
        start = sum(p.size for p in self.pieces[: self.pieces.index(wanted[0])])
        sizes = [p.size for p in wanted]
        # tf.slice: the gradient of row[start:end] makes zeros of the row's size first.
        parts = tf.split(tf.slice(row, [start], [sum(sizes)]), sizes)
        return {
            piece.name.removeprefix(prefix): _shaped(part, piece.shape)
            for piece, part in zip(wanted, parts, strict=True)
        }

    def unpack(self, table: tf.Tensor) -> dict[str, tf.Tensor]:
        """Every piece of all rows by its path, [rows, ...] each; table: [rows, R]."""
        # [rows, R] -> [rows, size] for each piece -> [rows, *shape].
        parts = tf.split(table, [piece.size for piece in self.pieces], axis=1)
        return {
            piece.name: tf.reshape(part, piece.shape)
            for piece, part in zip(self.stacked(), parts, strict=True)
        }


class Parameters(keras.layers.Layer):
    """Weights by name, stored in `vector` ([P] float32) in the order given."""

    def __init__(
        self,
        weights: Sequence[Weight | Packed],
        *,
        seed: int,
        name: str = "parameters",
    ):
        """Creates and initialises the vector.

        Args:
          weights: in the order in which they lie in the vector; names must differ.
          seed: the run's; each weight draws its first values by its own name.
          name: of the layer.
        """
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
        """The weights by name, a packed one as its table [rows, R].

        Take them once in a step: each call adds a split and reshapes to the graph.
        """
        return self._cut(tf.convert_to_tensor(self.vector))

    def unpack(self, vector: tf.Tensor) -> dict[str, tf.Tensor]:
        """Any [P] vector (weights, a gradient) as named tensors, pieces included."""
        views = self._cut(vector)
        for weight in self.weights_by_name.values():
            if isinstance(weight, Packed):
                views |= weight.unpack(views[weight.name])
        return views

    def listed(self) -> list[Weight]:
        """Every weight; of a packed one its pieces, of all rows, by their paths."""
        return [
            one
            for weight in self.weights_by_name.values()
            for one in (weight.stacked() if isinstance(weight, Packed) else [weight])
        ]

    def _cut(self, vector: tf.Tensor) -> dict[str, tf.Tensor]:
        weights = self.weights_by_name.values()
        parts = tf.split(vector, [weight.size for weight in weights])
        return {
            weight.name: _shaped(part, weight.shape)
            for weight, part in zip(weights, parts, strict=True)
        }

    def load(self, values: dict[str, np.ndarray]) -> None:
        """Set every weight.

        Args:
          values: {name: array in the weight's shape}, none missing and none more; of a
            packed weight its pieces, [rows, ...] each, by their paths.
        """
        left = dict(values)
        flat = [_pop(weight, left) for weight in self.weights_by_name.values()]
        assert not left, "other names"
        self._vector.assign(np.concatenate([value.ravel() for value in flat]))


def _shaped(part: tf.Tensor, shape: tuple[int, ...]) -> tf.Tensor:
    """A part of a vector, [n], in `shape`; in one dimension that is no operation."""
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
    if weight.initial:
        return weight.initial(own)
    if weight.uniform:
        return keras.initializers.RandomUniform(
            -weight.uniform, weight.uniform, seed=own
        )
    if weight.fan_in:
        deviation = math.sqrt(2.0 / weight.fan_in)
        return keras.initializers.TruncatedNormal(stddev=deviation, seed=own)
    return keras.initializers.Constant(weight.constant)
