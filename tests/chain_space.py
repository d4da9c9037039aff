"""A space from outside, in one file: a chain of convolutions, each of some width.

As a user would write it, with the package as it is; tests/test_space_from_outside.py
registers it and lets it go through everything.
"""

import dataclasses
from collections.abc import Iterator
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from matplotlib import figure as figure_lib

from enas_tf.arcs.forms import Form
from enas_tf.children import shared
from enas_tf.config import fields
from enas_tf.config.sections import ChildConfig
from enas_tf.config.spaces import kinds
from enas_tf.config.spaces.spec import Preset, SpaceSpec
from enas_tf.nn import image_ops, stock
from enas_tf.nn.parameters import Weight
from enas_tf.spaces import base, json_fields
from enas_tf.spaces.op_table import OpRow, OpTable

OPS = OpTable("chain", (OpRow("width4", "#5f9ccf"), OpRow("width8", "#6cb865")))
WIDTHS = dict(width4=4, width8=8)
WIDEST = 8


@dataclasses.dataclass(frozen=True)
class ChainSettings:
    """The flags of this space alone."""

    kernel: int = fields.field(3, "Side of a chain's kernels.", low=1, high=5)


class ChainArc(NamedTuple):
    """L numbers of widths, ints or scalar tensors."""

    ops: tuple[Any, ...]


class ChainSpace(base.SearchSpace[ChainArc]):
    """`num_layers` layers, each of one of the first `num_ops` widths."""

    name = "chain"
    table = OPS
    json_names = ("widths",)

    def __init__(self, num_layers: int, *, num_ops: int = 2):
        self.num_layers = num_layers
        self.use_first(num_ops)

    def tape(self) -> Iterator[base.Step]:
        for _ in range(self.num_layers):
            yield base.Step(base.Op("width", len(self.ops)))

    def decode(self, tokens: Any) -> ChainArc:
        if isinstance(tokens, list | tuple | np.ndarray):
            tokens = [int(token) for token in tokens]
        return ChainArc(tuple(tokens[layer] for layer in range(self.num_layers)))

    def encode(self, arc: ChainArc) -> list[int]:
        return [int(op) for op in arc.ops]

    def describe(self, arc: ChainArc) -> str:
        return f"A chain of {', '.join(self.ops[op] for op in arc.ops)}."

    def statistics(self, tokens: np.ndarray) -> dict[str, float]:
        return {"wide": float((tokens == 1).mean())}

    def _fields(self, arc: ChainArc) -> dict[str, Any]:
        return dict(widths=[self.ops[op] for op in arc.ops])

    def _from_fields(self, fields: dict[str, Any]) -> list[int]:
        names = json_fields.elements(fields["widths"], "widths")
        return [json_fields.place(name, self.ops, "a layer") for name in names]


class SharedChain(shared.SharedImageChild):
    """One kernel a layer; a narrow layer leaves its last channels at zero."""

    def __init__(self, space, config, *, image_shape, num_classes, seed):
        filters, side = WIDEST, config.own_section(ChainSettings).kernel
        self.widths = [WIDTHS[name] for name in space.ops]
        weights = shared.stem_weights(image_shape[2], filters)
        for layer in range(space.num_layers):
            shape = (side, side, filters, filters)
            weights.append(
                Weight(f"layer_{layer}/kernel", shape, fan_in=side * side * filters)
            )
            weights += shared.norm_weights(f"layer_{layer}", (filters,))
        weights += shared.classifier_weights(filters, num_classes)
        super().__init__(weights, keep_prob=config.keep_prob, seed=seed)

    def features(self, x, views, *, arc):
        for layer, op in enumerate(arc.ops):
            own = shared.views_under(f"layer_{layer}/", views)
            x = image_ops.conv(tf.nn.relu(x), own["kernel"])
            x = image_ops.batch_norm(x, own["scale"], own["offset"])
            there = tf.range(WIDEST) < tf.gather(self.widths, op)
            x *= tf.cast(there, tf.float32)
        return shared.Features(x)


def final_chain(
    arc: ChainArc,
    config: ChildConfig,
    *,
    image_shape: tuple[int, int, int],
    num_classes: int,
    seed: int,
    training: bool = False,
) -> keras.Model:
    del training
    side = config.own_section(ChainSettings).kernel
    images = keras.Input(image_shape, name="images")
    x = stock.conv(images, WIDEST, 3, name="stem", seed=seed)
    for layer, op in enumerate(config.named(arc.ops)):
        width = WIDTHS[OPS[op].name]
        x = stock.relu_conv_norm(x, width, side, name=f"layer_{layer}", seed=seed)
    logits = stock.classifier(
        x, num_classes, keep_prob=config.keep_prob, name="fc", seed=seed
    )
    return keras.Model(images, logits, name="final_chain")


def draw(space: ChainSpace, arc: ChainArc, title: str) -> figure_lib.Figure:
    figure = figure_lib.Figure(figsize=(4, 3))
    axes = figure.add_subplot(title=title)
    axes.barh(range(space.num_layers), [WIDTHS[space.ops[op]] for op in arc.ops])
    return figure


_SETTINGS = dict(
    dataset="digits",
    batch_size=64,
    num_epochs=2,
    log_every=7,
    checkpoint_every_steps=3,
    child_num_layers=3,
    child_num_branches=2,
    controller_train_steps=4,
    controller_num_aggregate=3,
    derive_num_samples=4,
)
SPEC = SpaceSpec(
    name="chain",
    about="widths of a chain",
    data=kinds.IMAGES,
    presets={
        "paper": Preset("Digits, in seconds.", _SETTINGS, _SETTINGS),
        "long": Preset("More.", dict(_SETTINGS, num_epochs=9), _SETTINGS),
    },
    parts=("chosen ops",),
    settings=ChainSettings,
    meanings=(("child_num_layers", "links of the chain"),),
    arcs=Form(
        named={"thin": "0 0 0"},
        sized_by="child_num_layers",
        unit="layers",
        space=ChainSpace,
        size_of_length=lambda length: length,
        size_of_fields=lambda fields: len(fields["widths"]),
    ),
    shared=SharedChain,
    final=final_chain,
    picture=draw,
)


class Other(ChainSpace):
    """The same space by another name."""

    name = "other"


def other(**changes):
    """The spec of a second space, with `changes`."""
    own = dict(name="other", settings=None, arcs=SPEC.arcs._replace(space=Other))
    return dataclasses.replace(SPEC, **{**own, **changes})
