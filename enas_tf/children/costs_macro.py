"""What the final macro children of arcs cost, without building them.

The network is that of final_macro.py, layer by layer for all arcs at once.
"""

import functools
from typing import NamedTuple

import numpy as np

from enas_tf.children import block_costs, final_macro, op_forms
from enas_tf.children.block_costs import Size
from enas_tf.children.op_kinds import MacroOp, Spot
from enas_tf.config.sections import ChildConfig
from enas_tf.spaces import macro
from enas_tf.spaces.costs import Costs, CostsOf
from enas_tf.spaces.macro import MacroSpace


class Layer(NamedTuple):
    """One layer, as it is in the networks of all arcs.

    Attributes:
      size: height and width of its maps.
      filters: channels of its maps.
      ops: [ops, 2], the layer without its skips, by its op.
      reduction: [2], one of those behind the layer; 0 where there are none.
    """

    size: Size
    filters: int
    ops: np.ndarray
    reduction: np.ndarray


def costs(
    space: MacroSpace,
    config: ChildConfig,
    *,
    image_shape: tuple[int, int, int],
    num_classes: int,
) -> CostsOf:
    """Tokens [N, T] of `space` -> the costs of the arcs' final children.

    Args:
      space: of the arcs.
      config: filters, and whether separable convolutions are plain ones.
      image_shape: [H, W, channels].
      num_classes: classes to tell apart.
    """
    layers = _layers(space, config, image_shape[:2])
    stem = block_costs.conv_norm(image_shape[2], config.filters, 3, image_shape[:2])
    ends = stem + block_costs.classifier(layers[-1].filters, num_classes)

    def of_tokens(tokens: np.ndarray) -> Costs:
        parts = [_of_layer(tokens, number, layers) for number in range(len(layers))]
        return block_costs.as_costs(ends + sum(parts))

    return of_tokens


def _layers(space: MacroSpace, config: ChildConfig, size: Size) -> list[Layer]:
    """The layers, first to last."""
    ops, plain = [op_forms.MACRO[name] for name in space.ops], config.plain_separable
    filters, found = config.filters, []
    for number in range(space.num_layers):
        own = np.stack([_op_cost(op, plain, size, filters) for op in ops])
        layer = Layer(size, filters, own, np.zeros(2, np.int64))
        if number in macro.pool_layers(space.num_layers):
            size, filters = block_costs.halved(size), 2 * filters
            one = block_costs.factorized_reduction(layer.filters, filters, size)
            layer = layer._replace(reduction=one)
        found.append(layer)
    return found


@functools.lru_cache(block_costs.KEPT)
def _op_cost(op: MacroOp, plain: bool, size: Size, filters: int) -> np.ndarray:
    """A layer with that op, without its skips, [2]."""
    spot = Spot("layer", filters, seed=0, training=False)
    return block_costs.of_form(
        lambda x: final_macro.searched_op(x, op, spot, plain=plain), size, filters
    )


def _of_layer(tokens: np.ndarray, number: int, layers: list[Layer]) -> np.ndarray:
    """The layer of that number with its skips and the reductions behind it, [N, 2]."""
    layer = layers[number]
    total = layer.ops[tokens[:, macro.layer_start(number)]]
    if number:
        joined = 1 + _skips(tokens, number).sum(axis=1)
        total = total + block_costs.conv_norm(
            joined * layer.filters, layer.filters, 1, layer.size
        )
    if layer.reduction.any():
        read = _reductions_read(tokens, number, len(layers))
        total = total + read[:, np.newaxis] * layer.reduction
    return total


def _reductions_read(tokens: np.ndarray, pool: int, num_layers: int) -> np.ndarray:
    """How many reductions behind the layer `pool` are in the model, [N]."""
    # Of the stem and the layers before: those that the skips of later layers read.
    later = range(pool + 1, num_layers)
    read = [_skips(tokens, layer)[:, : pool + 1] for layer in later]
    # That of the layer itself is always there: the next op reads it.
    return 1 + np.any(read, axis=0).sum(axis=1)


def _skips(tokens: np.ndarray, layer: int) -> np.ndarray:
    """The bits of the layer's skips, [N, layer]."""
    start = macro.layer_start(layer) + 1
    return tokens[:, start : start + layer]
