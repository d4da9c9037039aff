"""An op of a plugin: one call adds it to the image spaces."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from enas_tf.children import op_forms
from enas_tf.children.op_kinds import ImageOps, MacroOp, MicroOp
from enas_tf.nn import cost
from enas_tf.nn.parameters import Weight
from enas_tf.plugin.layered import Build, Layered
from enas_tf.spaces.op_table import MicroOpRow, OpRow

COLOUR = "#cfc4b4"
Shared = Callable[[tf.Tensor, Mapping[str, tf.Tensor]], tf.Tensor]


def op(
    name: str,
    build: Build,
    *,
    spaces: Sequence[str] | None = None,
    colour: str = COLOUR,
    shared: Shared | None = None,
    weights: Callable[[str, int], list[Weight]] | None = None,
    genotypes: tuple[str, ...] = (),
    learned_bias: float = 0.0,
    fixed_bias: float = -0.25,
    drop_path: bool = True,
    costs: Mapping[type[keras.layers.Layer], cost.Cost] | None = None,
) -> None:
    """Add an op made of stock Keras layers.

      plugin.op(
          "dilated3x3",
          lambda spot: [
              layers.ReLU(),
              layers.Conv2D(spot.filters, 3, dilation_rate=2, padding="same"),
              layers.BatchNormalization(),
          ],
      )

    A map has `spot.filters` channels, and so must the answer; its height and width stay
    as they are. Where `spot.stride` is 2, in the reduction cell of a final child, the
    answer may be of half the size; if it is not, every second pixel of it is taken.
    Names and seeds of the layers need not be given. The shared form runs the same
    layers on weights of the shared child; batch normalisation goes by the batch there.
    Refused are layers with random numbers (dropout), with a state of their own, with
    regularizers or constraints: give `shared` and `weights` for those.

    Args:
      name: up to 24 small letters, digits and `_`, a letter first.
      build: (spot) -> a list of layers, one after the other; or (x, spot) -> what
        layers make of x, for ops that branch.
      spaces: names of the spaces that get it; None: the two image spaces.
      colour: of its boxes in pictures, `#rrggbb`.
      shared: (x, weights by name) -> a map like x, written by hand, with `weights`.
      weights: (path, channels) -> a list of `Weight`, each named `<path>/...`.
      genotypes: of cells, what genotypes call it.
      learned_bias: of cells, see `op_table.MicroOpRow`.
      fixed_bias: of cells, likewise.
      drop_path: of cells, whether drop path may drop it.
      costs: FLOPs for one image of layers with kernels that nn/cost.py does not know.

    Raises:
      ValueError: a name that cannot be one or is taken, or a layer as above.
    """
    layered = Layered(name, build)
    if (shared is None) != (weights is None):
        raise ValueError(f"the op {name} has only one of shared and weights: give both")
    parts: dict[str, Any] = dict(
        apply=shared or layered.apply,
        final=layered.final,
        weights=weights or layered.weights,
        costs=costs or {},
    )
    row = MicroOpRow(name, colour, genotypes, learned_bias, fixed_bias)
    ops: dict[ImageOps[Any], MacroOp | MicroOp] = {
        op_forms.MACRO: MacroOp(row=OpRow(name, colour), **parts),
        op_forms.MICRO: MicroOp(row=row, drop_path=drop_path, **parts),
    }
    _add(ops, name, spaces)


def _add(
    ops: Mapping[ImageOps[Any], MacroOp | MicroOp],
    name: str,
    spaces: Sequence[str] | None,
) -> None:
    """Add the op to each table that is asked for, or to none."""
    known = {table.space: table for table in ops}
    asked = known if spaces is None else spaces
    if isinstance(asked, str) or not asked or not set(asked) <= set(known):
        raise ValueError(
            f"the op {name} has spaces={spaces!r}: give a list of {', '.join(known)}"
        )
    tables = [known[space] for space in asked]
    for table in tables:
        table.check_both(ops[table])
    for table in tables:
        table.add(ops[table])
