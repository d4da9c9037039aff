"""Copies of stock Keras layers: named by their place, with first values by a seed.

The problem: a user writes `layers.Conv2D(...)` without a name and a seed. Then Keras
counts names through the process and draws first values from the clock, and no two runs
are alike.

The idea: Keras can make a layer again from its config. A copy has the name of its
place, and each initializer that has no seed of its own gets one by that name.
"""

from collections.abc import Mapping
from typing import Any

import keras

from enas_tf.nn import seeds

_SUFFIX = "_initializer"
# Where Keras calls a weight otherwise than what draws it.
_OTHERWISE = {"kernel": "depthwise"}


def copy(layer: keras.layers.Layer, name: str, seed: int) -> keras.layers.Layer:
    """The layer again, not built: with that name, its first values by `seed`."""
    config = layer.get_config()
    for key in config:
        if key.endswith(_SUFFIX):
            config[key] = _seeded(config[key], seeds.of_name(seed, f"{name}/{key}"))
    return type(layer).from_config({**config, "name": name})


def replayed(
    model: keras.Model,
    x: keras.KerasTensor,
    copies: Mapping[int, keras.layers.Layer],
) -> keras.KerasTensor:
    """What the copies make of x, called as the layers are in `model`.

    Args:
      model: of one input and one output.
      x: in place of its input.
      copies: by `id` of the layers.
    """
    calls: list[tuple[Any, ...]] = []

    def noted(layer: keras.layers.Layer, *args: object, **kwargs: object) -> Any:
        calls.append((layer, (args, kwargs), y := layer(*args, **kwargs)))
        return y

    twin = keras.models.clone_model(
        model, clone_function=lambda layer: layer, call_function=noted
    )
    known = {id(twin.input): x}
    for layer, given, made in calls:
        args, kwargs = keras.tree.map_structure(lambda t: known.get(id(t), t), given)
        known[id(made)] = copies.get(id(layer), layer)(*args, **kwargs)
    return known[id(twin.output)]


def initializer_of(
    layer: keras.layers.Layer, weight: str, seed: int
) -> keras.initializers.Initializer | None:
    """What draws the first values of the layer's weight of that name; None: nothing.

    `depthwise_kernel` is drawn by `depthwise_initializer`, `bias` by
    `bias_initializer`; the `kernel` of a depthwise convolution, which has no other, by
    `depthwise_initializer`.
    """
    config = layer.get_config()
    for key in (weight, weight.removesuffix("_kernel"), _OTHERWISE.get(weight)):
        if own := config.get(f"{key}{_SUFFIX}"):
            return keras.initializers.get(_seeded(own, seed))
    return None


def _seeded(initializer: object, seed: int) -> object:
    """The config of an initializer, with a seed if it can have one and has none."""
    if not isinstance(initializer, Mapping):
        return initializer
    own = initializer.get("config")
    if not isinstance(own, Mapping) or own.get("seed", 0) is not None:
        return initializer
    return {**initializer, "config": {**own, "seed": seed}}
