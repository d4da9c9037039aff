"""The macro space: a whole CNN, per layer one op and any skips from earlier layers.

Reference: paper section 2.3; reference code src/cifar10/general_controller.py. Data
only: what an op computes is in children/op_forms.py, what a network looks like in
children/macro.py and children/final_macro.py.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from enas_tf.spaces import base, json_fields, op_rows

OPS = op_rows.MACRO.names  # those of the package, without what other programs add

# The arc of the original's scripts/cifar10_macro_final.sh: 24 layers, four ops.
ENAS_24 = (
    "0 | 3 0 | 0 1 0 | 2 0 0 1 | 2 0 0 0 0 | 3 1 1 0 1 0 | 2 0 0 0 0 0 1 |"
    "2 0 1 1 0 1 1 1 | 1 0 1 1 1 0 1 0 1 | 0 0 0 0 0 0 0 0 0 0 |"
    "2 0 0 0 0 0 1 0 0 0 0 | 0 1 0 0 1 1 0 0 0 0 1 1 | 2 0 1 0 0 0 0 0 1 0 1 1 0 |"
    "1 0 0 1 0 0 0 1 1 1 0 1 0 1 | 0 1 1 0 1 0 1 0 0 0 0 0 1 0 0 |"
    "2 0 0 1 0 0 0 0 0 0 0 1 0 1 0 1 | 2 0 1 0 0 0 1 0 0 1 1 1 1 0 0 1 0 |"
    "2 0 0 0 0 1 0 1 0 1 0 0 1 0 1 0 0 1 | 3 0 1 1 0 1 0 0 0 0 0 1 0 1 0 1 0 0 0 |"
    "3 0 1 1 0 0 0 0 0 0 0 0 0 1 1 0 0 0 0 1 |"
    "0 1 0 0 1 0 1 1 0 0 0 1 0 0 0 0 0 1 1 0 0 |"
    "3 0 1 0 1 1 0 0 1 0 1 1 0 1 1 0 1 0 0 1 0 0 |"
    "0 1 0 1 0 1 0 0 0 0 0 0 0 0 1 0 1 0 0 1 0 0 0 |"
    "0 1 1 0 0 0 1 1 1 0 1 0 0 0 1 0 1 0 0 1 1 0 0 0"
)
NAMED_ARCS = {"enas24": ENAS_24}


class MacroArc(NamedTuple):
    """One macro architecture; entries are ints on the host, scalar tensors in a graph.

    Attributes:
      ops: L op numbers, a place among the ops of the space each.
      skips: L rows; row l has l bits. Bit 0 is the stem, bit i the output of layer
        i - 1 (kept as in the original, so that the published arcs mean what they
        meant: docs/deviations.md, K1). The layer just before is the op's input and
        never a skip.
    """

    ops: tuple[Any, ...]
    skips: tuple[Any, ...]


def layer_start(layer: int) -> int:
    """The place of `layer`'s op in the token sequence; its skips follow."""
    return layer + layer * (layer - 1) // 2


def layer_width(layer: int) -> int:
    """The number of integers of `layer`: its op and a bit for each skip."""
    return layer_start(layer + 1) - layer_start(layer)


def pool_layers(num_layers: int) -> tuple[int, ...]:
    """The layers after which everything is halved (src/cifar10/general_child.py)."""
    third = num_layers // 3
    return (third - 1, 2 * third - 1) if third else ()


def layers_of_length(num_tokens: int) -> int:
    """The number of layers of an arc of `num_tokens` integers.

    Raises:
      ValueError: no number of layers has such an arc.
    """
    layers = (math.isqrt(8 * num_tokens + 1) - 1) // 2
    if layers < 1 or layers * (layers + 1) // 2 != num_tokens:
        raise ValueError(
            f"the arc has {num_tokens} integers; L layers need L(L+1)/2, so 1, 3, 6, "
            "10, ..., 78 for 12 layers, 300 for 24"
        )
    return layers


class MacroSpace(base.SearchSpace[MacroArc]):
    """`num_layers` layers, each with one of the first `num_ops` ops and any skips."""

    name = "macro"
    table = op_rows.MACRO
    json_names = ("layers",)

    def __init__(self, num_layers: int, *, num_ops: int = len(OPS)):
        """A space of one size.

        Args:
          num_layers: of the network, without the stem; at least 1.
          num_ops: how many of the table's ops a layer chooses from.

        Raises:
          ValueError: there is no such size.
        """
        if num_layers < 1:
            raise ValueError(f"a macro child needs at least 1 layer, not {num_layers}")
        self.num_layers = num_layers
        self.num_reductions = len(pool_layers(num_layers))
        self.use_first(num_ops)

    def tape(self) -> Iterator[base.Step]:
        """Per layer: the op; then the skips, whose state becomes the layer's anchor."""
        for layer in range(self.num_layers):
            yield base.Step(base.Op("op", len(self.ops)))
            skips = base.Skips("skip", layer) if layer else None
            yield base.Step(skips, anchor="state", restart=layer == 0)

    def decode(self, tokens: base.Tokens) -> MacroArc:
        """The arc of `tokens` [L(L+1)/2]."""
        starts = [layer_start(layer) for layer in range(self.num_layers)]
        ops = tuple(tokens[start] for start in starts)
        skips = tuple(
            tokens[start + 1 : start + 1 + layer] for layer, start in enumerate(starts)
        )
        if isinstance(tokens, list | tuple | np.ndarray):
            ops = tuple(int(op) for op in ops)
            skips = tuple(tuple(int(bit) for bit in row) for row in skips)
        return MacroArc(ops, skips)

    def encode(self, arc: MacroArc) -> list[int]:
        """The L(L+1)/2 tokens of `arc`."""
        rows = zip(arc.ops, arc.skips, strict=True)
        return [int(token) for op, skips in rows for token in (op, *skips)]

    def describe(self, arc: MacroArc) -> str:
        """`6 layers: 2 conv3x3, ...; 5 of 15 skips.`"""
        counts = Counter(self.ops[op] for op in arc.ops)
        named = ", ".join(f"{counts[op]} {op}" for op in self.ops if counts[op])
        chosen = sum(sum(row) for row in arc.skips)
        possible = self.num_layers * (self.num_layers - 1) // 2
        layers = "1 layer" if self.num_layers == 1 else f"{self.num_layers} layers"
        return f"{layers}: {named}; {chosen} of {possible} skips."

    def statistics(self, tokens: np.ndarray) -> dict[str, float]:
        """`op_frequency/<op>` and `skip_rate` over `tokens` [N, T]."""
        starts = [layer_start(layer) for layer in range(self.num_layers)]
        chosen = np.bincount(tokens[:, starts].ravel(), minlength=len(self.ops))
        frequencies = chosen / chosen.sum()
        values = {f"op_frequency/{op}": frequencies[i] for i, op in enumerate(self.ops)}
        skips = np.delete(tokens, starts, axis=1)
        values["skip_rate"] = skips.mean() if skips.size else 0.0
        return {name: float(value) for name, value in values.items()}

    def _fields(self, arc: MacroArc) -> dict[str, Any]:
        layers = [
            dict(op=self.ops[op], skips=[i for i, bit in enumerate(row) if bit])
            for op, row in zip(arc.ops, arc.skips, strict=True)
        ]
        return dict(layers=layers)

    def _from_fields(self, fields: Mapping[str, object]) -> list[int]:
        tokens: list[int] = []
        layers = json_fields.elements(fields["layers"], "layers")
        for number, layer in enumerate(layers):
            where = f"layer {number}"
            json_fields.only(layer, ("op", "skips"), where)
            op = json_fields.place(layer["op"], self.ops, where)
            tokens += [op, *_bits(layer["skips"], number)]
        return tokens

    def _length_message(self, length: int) -> str:
        return (
            f"the arc has {length} integers, {self.num_layers} layers need "
            f"{self.num_tokens}"
        )

    def place_name(self, place: int) -> str:
        """The layer whose op or skip the token is."""
        return f"layer {_layer_of(place)}"

    def part_of(self, place: int) -> int:
        """How often maps are halved before the layer of the token."""
        layer = _layer_of(place)
        return sum(layer > pool for pool in pool_layers(self.num_layers))

    def _token_name(self, place: int) -> str:
        layer = _layer_of(place)
        bit = place - layer_start(layer)
        return (
            f"the op of layer {layer}"
            if bit == 0
            else f"skip {bit - 1} of layer {layer}"
        )


def _layer_of(place: int) -> int:
    """The layer of the token at `place`."""
    return (math.isqrt(8 * place + 1) - 1) // 2


def _bits(value: object, layer: int) -> list[int]:
    """A bit for each earlier map of the skips that the JSON of `layer` has."""
    listed = json_fields.elements(value, f"skips of layer {layer}")
    skips = [json_fields.whole(skip, f"a skip of layer {layer}") for skip in listed]
    outside = [skip for skip in skips if skip not in range(layer)]
    if outside and not layer:
        raise ValueError("layer 0 has a skip, but there is no layer before it")
    if outside:
        raise ValueError(
            f"layer {layer} has a skip from {outside[0]}, allowed are 0 (the stem) to "
            f"{layer - 1}"
        )
    if skips != sorted(set(skips)):
        raise ValueError(
            f"the skips of layer {layer} are {json_fields.shown(skips)}: they must be "
            "in rising order, each once"
        )
    return [int(earlier in skips) for earlier in range(layer)]
