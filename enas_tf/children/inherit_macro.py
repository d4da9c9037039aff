"""The weights that a final macro child can take from the shared one.

A shared layer adds its skips, a final one joins them by a 1x1 convolution; that and its
batch normalisation begin anew. Behind each reduction a final child has twice the
filters (K2), so that there only a shared child of other sizes would fit.
"""

from collections.abc import Mapping

import numpy as np

from enas_tf.children import inherit, op_forms
from enas_tf.children.inherit import Arrays, Final
from enas_tf.children.op_kinds import MacroOp
from enas_tf.spaces.base import SearchSpace


def inherited(
    final: Final, views: Mapping[str, np.ndarray], space: SearchSpace
) -> Arrays:
    """The shared weights by paths of the final child, as of `inherit.Inherit`."""
    found = inherit.conv_norm("stem_conv", views, "stem")
    found["fc/kernel"] = views["classifier/kernel"]
    for layer, number in enumerate(final.arc.ops):
        name = final.ops[number]
        if name in space.ops and f"layer_{layer}/in/kernel" in views:
            found |= _layer(layer, op_forms.MACRO[name], final, views, space)
    return found


def _layer(
    layer: int,
    op: MacroOp,
    final: Final,
    views: Mapping[str, np.ndarray],
    space: SearchSpace,
) -> Arrays:
    """1x1 convolution - BN, the op, and its BN."""
    row, own = space.ops.index(op.name), f"layer_{layer}"
    rows = {n: views[f"{own}/in/{n}"][row] for n in ("kernel", "scale", "offset")}
    rows = {f"in/{n}": value for n, value in rows.items()}
    found = inherit.conv_norm(f"{own}_conv_1x1", rows, "in")
    path = f"{own}_{op.layer or op.name}"
    paths = _paths_of_op(final, own, path, normed=op.normed)
    # Under --child_plain_separable another op is in its place: then there are none.
    found |= inherit.in_order(
        paths, [views[f"{own}/{op.name}/{piece}"] for piece in op.pieces(2)]
    )
    if op.normed:
        place = op_forms.normed(space.ops).index(op.name)
        out = {f"out/{n}": views[f"{own}/out/{n}"][place] for n in ("scale", "offset")}
        found |= inherit.norm(f"{path}_bn", out, "out")
    return found


def _paths_of_op(final: Final, own: str, path: str, *, normed: bool) -> list[str]:
    """The weights of the op's own layers, whose names all begin with `path`."""
    others = [f"{own}_conv_1x1", f"{own}_skip"]
    taken = (*others, *(f"{name}_bn" for name in others), *[f"{path}_bn"] * normed)
    return [
        name
        for name in final.paths
        if name.startswith(path) and name.partition("/")[0] not in taken
    ]
