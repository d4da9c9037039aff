"""The weights that a final micro child can take from the shared one.

A shared cell joins its loose ends by a 1x1 convolution at its end, a final one at the
beginning of the next cell, which is the same weight. The first convolution inside a
final cell and all that halves begin anew: a shared child has them in other places (K8).
"""

import re
from collections.abc import Mapping

import numpy as np

from enas_tf.children import aux_head, inherit, micro_weights, op_forms
from enas_tf.children.inherit import Arrays, Final
from enas_tf.spaces import micro
from enas_tf.spaces.base import SearchSpace
from enas_tf.spaces.micro import Cell

Views = Mapping[str, np.ndarray]


def inherited(final: Final, views: Views, space: SearchSpace) -> Arrays:
    """The shared weights by paths of the final child, as of `inherit.Inherit`."""
    found = inherit.conv_norm("stem_conv", views, "stem")
    found["fc/kernel"] = views["classifier/kernel"]
    found |= _aux(views)
    reductions = micro.reduction_cells(_num_cells(final) - micro.NUM_REDUCTIONS)
    for number in range(_num_cells(final)):
        reduces = f"cell_{number}/halve/path1" in views
        if f"cell_{number}/out/kernel" in views and reduces == (number in reductions):
            cell = final.arc.reduce if reduces else final.arc.normal
            found |= _operands(number, cell, final, views, space)
            if not reduces:
                found |= _inputs(number, final, views)
    return found


def _num_cells(final: Final) -> int:
    """How many cells the final child has: each has a layer that is named by it."""
    numbers = [re.match(r"layer_(\d+)_", path) for path in final.paths]
    return 1 + max(int(match[1]) for match in numbers if match)


def _operands(
    number: int, cell: Cell, final: Final, views: Views, space: SearchSpace
) -> Arrays:
    """The ops of a cell: each with the row of its operand and of the node it reads."""
    found: Arrays = {}
    starts = micro_weights.first_rows(len(cell.inputs) // 2)
    for operand, (node, op_number) in enumerate(
        zip(cell.inputs, cell.ops, strict=True)
    ):
        name = final.ops[op_number]
        if name not in space.ops:
            continue
        edges, row = f"cell_{number}/edges/{name}", starts[operand] + node
        banks = [views[f"{edges}/{p}"] for p in op_forms.MICRO[name].pieces(2)]
        path = f"layer_{number}_cell_{operand // 2}_{'xy'[operand % 2]}_conv"
        paths = [own for own in final.paths if own.startswith(path)]
        found |= inherit.in_order(paths, [b[row] for b in banks if row < len(b)])
    return found


def _inputs(number: int, final: Final, views: Views) -> Arrays:
    """What gives the two inputs of a cell their channels."""
    found: Arrays = {}
    for name, own, back in (("first", "x", 2), ("second", "y", 1)):
        layer = f"layer_{number}_calibrate_pool_{own}"
        here = inherit.conv_norm(layer, views, f"cell_{number}/{name}")
        found |= here or _joined(number - back, layer, final, views)
    return found


def _joined(number: int, layer: str, final: Final, views: Views) -> Arrays:
    """The 1x1 convolution of the loose ends of the cell `number`, if it is there."""
    own = f"cell_{number}"
    if f"{own}/out/kernel" not in views:
        return {}
    cell = final.arc.reduce if f"{own}/halve/path1" in views else final.arc.normal
    loose, kernels = list(micro.loose_ends(cell)), views[f"{own}/out/kernel"]
    if max(loose) >= len(kernels):
        return {}
    # [n, C, C] of n maps, one by one -> [n C, C] of the maps side by side.
    kernel = kernels[loose].reshape(-1, kernels.shape[-1])
    return {f"{layer}/kernel": kernel} | inherit.norm(
        f"{layer}_bn", views, f"{own}/out"
    )


def _aux(views: Views) -> Arrays:
    """The auxiliary head's, where the search had one."""
    if "aux/classifier/kernel" not in views:
        return {}
    name = aux_head.NAME
    return {
        **inherit.conv_norm(f"{name}_proj", views, "aux/project"),
        **inherit.conv_norm(f"{name}_avg_pool", views, "aux/conv"),
        f"{name}_fc/kernel": views["aux/classifier/kernel"],
    }
