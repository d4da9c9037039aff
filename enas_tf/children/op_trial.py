"""Tries an op that another program added, on a tiny input, before a stage begins.

The problem: a mistake in an op would show in the middle of a trace as a page of
TensorFlow's, or in the final child after hours of search. Here each of its functions is
called once, as the networks will call it, and what is wrong is said in one line.
"""

import contextlib
import math
import pathlib
import tempfile
from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf

from enas_tf.children import op_forms, op_kinds
from enas_tf.children.op_kinds import ImageOp, MacroOp, MicroOp, Spot
from enas_tf.config.errors import ConfigError
from enas_tf.nn import cost, halves
from enas_tf.nn.parameters import Parameters, Weight

SIDES = (8, 7)  # of the inputs: an even one, and one that a stride rounds up
PLACES = ("place_1", "place_2")


def refuse_wrong(space: str, op: ImageOp, filters: int) -> None:
    """Try each function of an op.

    Args:
      space: name of the op's space.
      op: not one of the package's, which tests try.
      filters: C of the maps that it will be given.

    Raises:
      ConfigError: what the op makes is not what `ImageOp` says.
    """
    with refusals(space, op.name):
        weights = op.weights("place", filters)
        op_kinds.check_weights(op.name, weights, "place")
        _try_shared(op, filters, weights)
        for stride in (1, 2) if isinstance(op, MicroOp) else (1,):
            for training in (False, True):
                _try_final(op, filters, stride, training=training)
        if isinstance(op, MacroOp) and op.plain:
            op_forms.MACRO[op.plain]


@contextlib.contextmanager
def refusals(space: str, op: str) -> Iterator[None]:
    """Makes of any error a ConfigError that names the op."""
    try:
        yield
    except Exception as error:  # the op is another program's: it may raise anything
        raise ConfigError(f"the {space} op {op}: {_in_a_line(error)}") from error


def _try_shared(op: ImageOp, filters: int, weights: list[Weight]) -> None:
    """ValueError where `apply` cannot be a branch of a switch."""
    names = [weight.name.removeprefix("place/") for weight in weights]

    def value(x: tf.Tensor, *views: tf.Tensor) -> tf.Tensor:
        return like(x, op.apply(x, _Views(zip(names, views, strict=True))), "value")

    for side in SIDES:
        maps = tf.TensorSpec((None, side, side, filters), tf.float32)
        halves.cut(value, [maps, *(tf.TensorSpec(weight.shape) for weight in weights)])
    views = Parameters(weights, seed=0).views() if weights else {}
    _refuse_infinite(value(_some_map(filters), *views.values()), "value")


def _some_map(filters: int) -> tf.Tensor:
    """[2, 8, 8, C], of numbers as they are behind a batch normalisation."""
    rng = np.random.default_rng(0)
    return tf.constant(rng.normal(size=(2, *SIDES[:1] * 2, filters)), tf.float32)


def _refuse_infinite(y: tf.Tensor, what: str) -> None:
    """ValueError where y has an infinite value, or one that is no number."""
    if not np.isfinite(y).all():
        raise ValueError(f"its {what} for a map of usual numbers is not finite")


def like(x: tf.Tensor, y: object, what: str) -> tf.Tensor:
    """y; ValueError where it is not like x."""
    wanted = "and must have its input's shape and type"
    if not isinstance(y, tf.Tensor):
        raise ValueError(f"its {what} is a {type(y).__name__}, {wanted}")
    if y.dtype != x.dtype or not y.shape.is_compatible_with(x.shape):
        raise ValueError(f"its {what} is {y.dtype.name} {y.shape}, {wanted}")
    return y


class _Views(dict[str, tf.Tensor]):
    """The weights that `apply` is given; says which there are where one is not."""

    def __missing__(self, name: str) -> tf.Tensor:
        there = ", ".join(self) or "none"
        raise ValueError(f"it reads a weight {name!r}; its weights are {there}")


def _try_final(op: ImageOp, filters: int, stride: int, *, training: bool) -> None:
    """ValueError where `final` cannot be a part of a final child, in two places."""
    for side in SIDES:
        x = keras.Input((side, side, filters), name="x")
        ends = [
            _placed(op, x, Spot(name, filters, 0, training, stride)) for name in PLACES
        ]
        model = keras.Model(x, keras.layers.Add(name="sum")(ends))
        if not training:
            cost.flops(model)
            _save(model)
            if stride == 1 and side == SIDES[0]:
                _refuse_infinite(model(_some_map(filters)), "final form's value")


def _placed(op: ImageOp, x: keras.KerasTensor, spot: Spot) -> keras.KerasTensor:
    """The op in one place, looked at."""
    y: object = op.final(x, spot)
    side = math.ceil(x.shape[1] / spot.stride)
    shape = (None, side, side, spot.filters)
    wanted = f"with a stride of {spot.stride} it must be float32 {shape}"
    if not isinstance(y, keras.KerasTensor):
        raise ValueError(f"its final form gives a {type(y).__name__}; {wanted}")
    if y.dtype != "float32" or tuple(y.shape) != shape:
        raise ValueError(f"its final form gives {y.dtype} {tuple(y.shape)}; {wanted}")
    if y is x:
        return y
    for layer in keras.Model(x, y).layers:
        if not isinstance(layer, keras.layers.InputLayer):
            _check_layer(layer, spot)
    return y


def _check_layer(layer: keras.layers.Layer, spot: Spot) -> None:
    """ValueError where the layer's name may clash, or its class is not Keras' own."""
    kind = type(layer)
    if not layer.name.startswith(spot.name):
        raise ValueError(
            f"its final form has a {kind.__name__} named {layer.name!r}: the name must "
            "begin with spot.name, so that no other place has it"
        )
    foreign = kind.__module__.split(".")[0] != "keras"
    if (foreign or kind is keras.layers.Lambda) and not spot.training:
        raise ValueError(
            f"its final form has a {kind.__name__}, with which model.keras would not "
            "load by Keras alone: make it of stock layers without Lambda"
        )


def _save(model: keras.Model) -> None:
    """ValueError and the like where it cannot be saved and read again."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "model.keras"
        model.save(path)
        keras.models.load_model(path)


def _in_a_line(error: Exception) -> str:
    """What is wrong; of an error that is not ours, its kind and its first line."""
    lines = str(error).strip().splitlines() or ["no more is known"]
    known = type(error) is ValueError
    return lines[0] if known else f"{type(error).__name__}: {lines[0]}"
