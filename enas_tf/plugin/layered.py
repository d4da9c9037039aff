"""An op made of stock Keras layers: both of its forms follow from them.

The problem: the final child is made of Keras layers, which own their weights. The
shared child is one vector of weights, from which an op is given views, and an op in it
is a pure function. So an op had to be written twice.

The idea: the layers are built once as a small model. Its weights are listed as those of
the shared child, and there the model runs without state (`stateless_call`): on tensors
in place of its variables.

Not for layers that draw random numbers or keep a state: a shared op is a pure function
of its input and its weights. The one exception is batch normalisation, which
normalises by the batch in a shared child (D10) and needs no moving averages there.
"""

import functools
import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from enas_tf.children.op_kinds import Spot
from enas_tf.nn import precision, seeds, stock
from enas_tf.nn.parameters import Weight
from enas_tf.plugin import layer_copies

# (spot) -> layers, one after the other; or (x, spot) -> the answer, by layers.
Build = Callable[..., object]
_KEPT = keras.layers.BatchNormalization  # the state that may be left out
_ASIDE = ("_regularizer", "_constraint")  # what a shared child would pass over


class Template(NamedTuple):
    """The layers of an op for some number of channels, as a model.

    Attributes:
      model: [B, H, W, C] to a map like it.
      weights: of the model's trainable variables, in order, by path `<number>/<name>`.
      state: the other variables' first values.
    """

    model: keras.Model
    weights: list[Weight]
    state: list[np.ndarray]


class Layered:
    """`weights`, `apply` and `final` of an op whose layers `build` gives."""

    def __init__(self, name: str, build: Build):
        """Builds nothing yet.

        Args:
          name: of the op.
          build: see `Build`.
        """
        self._name = name
        self._build = build
        self._template = functools.cache(self._new_template)

    def weights(self, path: str, filters: int) -> list[Weight]:
        """As of `op_kinds.ImageOp`."""
        found = self._template(filters).weights
        return [weight._replace(name=f"{path}/{weight.name}") for weight in found]

    def apply(self, x: tf.Tensor, weights: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """As of `op_kinds.ImageOp`."""
        # A template is no part of a graph, and serves scopes of any precision.
        with tf.init_scope(), precision.scope(precision.FULL):
            template = self._template(x.shape[-1])
        values = [weights[weight.name] for weight in template.weights]
        y, _ = template.model.stateless_call(values, template.state, x, training=True)
        return y

    def final(self, x: keras.KerasTensor, spot: Spot) -> keras.KerasTensor:
        """As of `op_kinds.ImageOp`; where the answer is not halved, it is here."""
        made = self._model(x.shape[1:], spot)
        numbers = _numbers(made)
        copies = {
            id(layer): layer_copies.copy(
                layer, f"{spot.name}_{numbers[layer.name]}", spot.seed
            )
            for layer in _layers(made)
        }
        y = layer_copies.replayed(made, x, copies)
        if spot.stride > 1 and y.shape[1] != math.ceil(x.shape[1] / spot.stride):
            name = f"{spot.name}_stride"
            y = stock.avg_pool(y, size=1, stride=spot.stride, name=name)
        return y

    def _new_template(self, filters: int) -> Template:
        spot = Spot("op", filters, seed=0, training=False)
        model = self._model((None, None, filters), spot)
        numbers = _numbers(model)
        owners: dict[int, keras.layers.Layer] = {}
        for layer in _layers(model):
            _refuse(self._name, layer)
            owners |= {id(variable): layer for variable in layer.variables}
        weights = [
            _weight(self._name, owners[id(one)], one, numbers[owners[id(one)].name])
            for one in model.trainable_variables
        ]
        state = [np.asarray(v.value) for v in model.non_trainable_variables]
        return Template(model, weights, state)

    def _model(self, shape: Sequence[int | None], spot: Spot) -> keras.Model:
        """The user's layers on a map of that shape."""
        x = keras.Input(shape, name="x")
        if len(inspect.signature(self._build).parameters) > 1:
            y = self._build(x, spot)
        else:
            y = _one_after_the_other(self._name, x, self._build(spot))
        if not isinstance(y, keras.KerasTensor):
            raise ValueError(
                f"the op {self._name} gives a {type(y).__name__}: give a list of Keras "
                "layers, or of (x, spot) what Keras layers make of x"
            )
        return keras.Model(x, y, name="op")


def _one_after_the_other(
    op: str, x: keras.KerasTensor, layers: object
) -> keras.KerasTensor:
    layers = layers if isinstance(layers, list | tuple) else [layers]
    for layer in layers:
        if not isinstance(layer, keras.layers.Layer):
            raise ValueError(f"the op {op} has {layer!r} among its layers")
        x = layer(x)
    return x


def _layers(model: keras.Model) -> list[keras.layers.Layer]:
    return [one for one in model.layers if not isinstance(one, keras.layers.InputLayer)]


def _numbers(model: keras.Model) -> dict[str, int]:
    """The number of each layer, by its name; Keras' names differ from time to time."""
    return {layer.name: number for number, layer in enumerate(_layers(model))}


def _refuse(op: str, layer: keras.layers.Layer) -> None:
    """ValueError where a shared child could not honour the layer."""
    kind = type(layer).__name__
    if isinstance(layer, keras.Model):
        raise ValueError(f"the op {op} has a {kind} inside: give its layers themselves")
    if layer.non_trainable_variables and not isinstance(layer, _KEPT):
        raise ValueError(
            f"the op {op} has a {kind}, which draws random numbers or keeps a state: "
            "an op must be a function of its input and its weights alone. Leave the "
            "layer out, or write its shared form by hand"
        )
    for key, value in layer.get_config().items():
        if key.endswith(_ASIDE) and value is not None:
            raise ValueError(
                f"the op {op} has a {kind} with a {key}, which its shared form would "
                "not have: leave it out"
            )


def _weight(
    op: str, layer: keras.layers.Layer, variable: keras.Variable, number: int
) -> Weight:
    """A variable of a layer as a weight of the shared child."""
    name, shape = f"{number}/{variable.name}", tuple(variable.shape)
    first = np.asarray(variable.value)
    if (first == first.flat[0]).all():
        return Weight(name, shape, constant=float(first.flat[0]))
    if layer_copies.initializer_of(layer, variable.name, 0) is None:
        raise ValueError(
            f"the op {op} has a {type(layer).__name__} that does not say how its "
            f"{variable.name} begins: write its shared form by hand"
        )
    return Weight(
        name, shape, initial=lambda seed: _Drawn(layer, variable.name, shape, seed)
    )


class _Drawn(keras.initializers.Initializer):
    """First values as the layer draws them, of one weight or of a row for each."""

    def __init__(
        self,
        layer: keras.layers.Layer,
        weight: str,
        shape: tuple[int, ...],
        seed: int,
    ):
        """Draws nothing yet.

        Args:
          layer: has an initializer for it.
          weight: its name in the layer.
          shape: of one.
          seed: of the first values.
        """
        self._layer, self._weight = layer, weight
        self._shape, self._seed = shape, seed

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> tf.Tensor:
        """Values of one weight, or [rows, ...]."""
        if tuple(shape) == self._shape:
            return self._one(self._seed, dtype)
        own = [seeds.of_name(self._seed, str(row)) for row in range(shape[0])]
        return tf.stack([self._one(seed, dtype) for seed in own])

    def _one(self, seed: int, dtype: str | None) -> tf.Tensor:
        found = layer_copies.initializer_of(self._layer, self._weight, seed)
        assert found is not None, self._weight
        return found(self._shape, dtype)
