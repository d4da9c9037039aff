"""The ops of the image spaces: what each computes, its weights, its stock Keras form.

Their names and colours are in spaces/op_rows.py. Reference: reference code
src/cifar10/general_child.py, `_conv_branch` and `_pool_branch`, and micro_child.py,
`_enas_cell` and `_fixed_conv`; paper sections 2.3 and 2.4.

An op of another program is added by a plugin (docs/extending.md), or by a script that
then runs bin/main.py in its own place, with `MACRO.add(op)` or `MICRO.add(op)`. Its
place is behind those below. So the same ops are added in the same order every time, or
chosen by name (--child_ops): a run keeps their names, and refuses a program that has
others there.

Where a micro op reads an input of a reduction cell, `spot.stride` is 2: what `final`
makes must have half the height and width, rounded up. `apply` never halves, for the
shared child has halved the cell's inputs before.

What is wrong with an op is said before a stage begins (op_trial.py). For a while only:
`with MACRO.added(scaled):`.
"""

from collections.abc import Callable, Mapping, Sequence

import keras
import tensorflow as tf

from enas_tf.children import shared
from enas_tf.children.op_kinds import ImageOp, ImageOps, MacroOp, MicroOp, Spot
from enas_tf.nn import image_ops, stock
from enas_tf.nn.parameters import Weight
from enas_tf.spaces import op_rows
from enas_tf.spaces.op_table import OpTable

STACKS = 2  # a separable op of a cell is so many convolutions, one after the other


def normed(ops: Sequence[str]) -> list[str]:
    """Those of the macro ops that BN follows; its stacked weights have a row each."""
    return [op for op in ops if MACRO[op].normed]


def _convolution(name: str, size: int) -> MacroOp:
    def weights(path: str, filters: int) -> list[Weight]:
        shape = (size, size, filters, filters)
        return [Weight(f"{path}/kernel", shape, fan_in=size * size * filters)]

    return MacroOp(
        row=op_rows.MACRO[name],
        apply=lambda x, weights: image_ops.conv(x, weights["kernel"]),
        weights=weights,
        final=lambda x, spot: stock.conv(
            x, spot.filters, size, name=spot.name, seed=spot.seed
        ),
        normed=True,
        layer=f"conv_{size}x{size}",
    )


def _stock_separable(x: keras.KerasTensor, size: int, spot: Spot) -> keras.KerasTensor:
    return stock.separable_conv(
        x,
        spot.filters,
        size,
        stride=spot.stride,
        name=spot.name,
        seed=spot.seed,
        training=spot.training,
    )


def _separable(name: str, size: int, *, plain: str) -> MacroOp:
    return MacroOp(
        row=op_rows.MACRO[name],
        apply=lambda x, weights: image_ops.separable_conv(
            x, weights["depthwise"], weights["pointwise"]
        ),
        weights=lambda path, filters: shared.separable_weights(path, size, filters),
        final=lambda x, spot: _stock_separable(x, size, spot),
        normed=True,
        layer=f"sepconv_{size}x{size}",
        plain=plain,
    )


def _stock_average(x: keras.KerasTensor, spot: Spot) -> keras.KerasTensor:
    return stock.avg_pool(x, name=spot.name, stride=spot.stride)


def _stock_maximum(x: keras.KerasTensor, spot: Spot) -> keras.KerasTensor:
    return stock.max_pool(x, name=spot.name, stride=spot.stride, training=spot.training)


def _pool(
    name: str,
    apply: Callable[[tf.Tensor], tf.Tensor],
    final: Callable[[keras.KerasTensor, Spot], keras.KerasTensor],
    *,
    layer: str,
) -> MacroOp:
    return MacroOp(
        row=op_rows.MACRO[name],
        apply=lambda x, _: apply(x),
        final=final,
        layer=layer,
    )


MACRO = ImageOps(
    op_rows.MACRO,
    (
        _convolution("conv3x3", 3),
        _separable("sepconv3x3", 3, plain="conv3x3"),
        _convolution("conv5x5", 5),
        _separable("sepconv5x5", 5, plain="conv5x5"),
        _pool("avgpool3x3", image_ops.avg_pool, _stock_average, layer="avgpool_3x3"),
        _pool("maxpool3x3", image_ops.max_pool, _stock_maximum, layer="maxpool_3x3"),
    ),
)


def _separable_twice(name: str, size: int) -> MicroOp:
    """Twice ReLU - depthwise - 1x1 - BN; only the first one may have a stride."""

    def weights(path: str, filters: int) -> list[Weight]:
        paths = [f"{path}/{stack}" for stack in range(STACKS)]
        return [
            weight
            for own in paths
            for weight in (
                *shared.separable_weights(own, size, filters),
                *shared.norm_weights(own, (filters,)),
            )
        ]

    def final(x: keras.KerasTensor, spot: Spot) -> keras.KerasTensor:
        for stack in range(STACKS):
            own = spot._replace(name=f"{spot.name}_sep_conv_{stack}")
            x = stock.relu(x, name=f"{own.name}_relu")
            x = _stock_separable(x, size, own if stack == 0 else own._replace(stride=1))
            x = stock.batch_norm(x, name=f"{own.name}_bn")
        return x

    return MicroOp(
        row=op_rows.MICRO[name], apply=_stacked, weights=weights, final=final
    )


def _stacked(x: tf.Tensor, weights: Mapping[str, tf.Tensor]) -> tf.Tensor:
    for stack in range(STACKS):
        depthwise, pointwise, scale, offset = (
            weights[f"{stack}/{piece}"]
            for piece in ("depthwise", "pointwise", "scale", "offset")
        )
        x = image_ops.separable_conv(tf.nn.relu(x), depthwise, pointwise)
        x = image_ops.batch_norm(x, scale, offset)
    return x


def _micro_pool(
    name: str,
    apply: Callable[[tf.Tensor], tf.Tensor],
    final: Callable[[keras.KerasTensor, Spot], keras.KerasTensor],
) -> MicroOp:
    return MicroOp(
        row=op_rows.MICRO[name],
        apply=lambda x, _: apply(x),
        final=final,
    )


def _passed_on(x: keras.KerasTensor, spot: Spot) -> keras.KerasTensor:
    """x itself, or halved by a factorised reduction."""
    if spot.stride == 1:
        return x
    return stock.factorized_reduction(
        x, spot.filters, name=spot.name, seed=spot.seed, training=spot.training
    )


MICRO = ImageOps(
    op_rows.MICRO,
    (
        _separable_twice("sepconv3x3", 3),
        _separable_twice("sepconv5x5", 5),
        _micro_pool("avgpool3x3", image_ops.avg_pool, _stock_average),
        _micro_pool("maxpool3x3", image_ops.max_pool, _stock_maximum),
        MicroOp(
            row=op_rows.MICRO["identity"],
            apply=lambda x, _: tf.identity(x),
            final=_passed_on,
            drop_path=False,
        ),
    ),
)
TABLES: tuple[ImageOps, ...] = (MACRO, MICRO)


def weightless(table: OpTable, names: Sequence[str]) -> frozenset[str]:
    """Those of `names` that have no weights in the shared child: pools and the like.

    Args:
      table: the rows of a space.
      names: of its ops; none of them has a network where the space's ops are no ops of
        these tables.
    """
    own = [ops[name] for ops in TABLES if ops.is_of(table) for name in names]
    return frozenset(op.name for op in own if not op.pieces(2))


def added_to(table: OpTable, names: Sequence[str]) -> list[ImageOp]:
    """The ops of those names that are not built in; [] where none has a network.

    Args:
      table: the rows of a space.
      names: of its ops.
    """
    return [ops[n] for ops in TABLES if ops.is_of(table) for n in ops.others(names)]
