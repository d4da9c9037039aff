"""What the final micro children of arcs cost, without building them.

The network is that of final_micro.py, cell by cell for all arcs at once. An auxiliary
head is for training only and is not counted.
"""

import functools
from typing import NamedTuple

import numpy as np

from enas_tf.children import block_costs, final_micro, op_forms
from enas_tf.children.block_costs import Size
from enas_tf.children.op_kinds import MicroOp, Spot
from enas_tf.config.sections import ChildConfig
from enas_tf.spaces import micro
from enas_tf.spaces.costs import Costs, CostsOf
from enas_tf.spaces.micro import MicroSpace


class Cells(NamedTuple):
    """The normal cells of N arcs, or those that reduce.

    Attributes:
      ops: [N, 2B], that of each operand.
      of_inputs: [N, 2B], whether the operand reads an input of the cell.
      loose_inputs: [N], how many of the cell's inputs are loose ends.
      loose_ends: [N], how many of its nodes are.
    """

    ops: np.ndarray
    of_inputs: np.ndarray
    loose_inputs: np.ndarray
    loose_ends: np.ndarray


class Place(NamedTuple):
    """The place of a cell, as it is in the networks of all arcs.

    Attributes:
      reduces: whether the cell there is one that reduces.
      filters: channels of its nodes.
      size: height and width of its answer.
      ops_of_inputs: [ops, 2], an op that reads an input of the cell.
      ops_of_nodes: [ops, 2], an op that reads another node.
    """

    reduces: bool
    filters: int
    size: Size
    ops_of_inputs: np.ndarray
    ops_of_nodes: np.ndarray


class Maps(NamedTuple):
    """One cell's answers in the networks of N arcs: their size; their channels, [N]."""

    size: Size
    channels: np.ndarray


def costs(
    space: MicroSpace,
    config: ChildConfig,
    *,
    image_shape: tuple[int, int, int],
    num_classes: int,
) -> CostsOf:
    """Tokens [N, T] of `space` -> the costs of the arcs' final children.

    Args:
      space: of the arcs.
      config: layers and filters.
      image_shape: [H, W, channels].
      num_classes: classes to tell apart.
    """
    size, filters = image_shape[:2], final_micro.STEM_SCALE * config.out_filters
    places = _places(space, config, size)
    stem = block_costs.conv_norm(image_shape[2], filters, 3, size)

    def of_tokens(tokens: np.ndarray) -> Costs:
        normal, reduce = map(_cells, np.split(tokens, len(micro.CELLS), axis=1))
        total = stem
        maps = [Maps(size, np.full(len(tokens), filters))] * micro.NUM_INPUTS
        for place in places:
            cells = reduce if place.reduces else normal
            total = total + _calibrated(maps[-2], maps[-1], place.filters)
            total = total + _of_cells(cells, place)
            maps.append(Maps(place.size, cells.loose_ends * place.filters))
        last = block_costs.classifier(maps[-1].channels, num_classes)
        return block_costs.as_costs(total + last)

    return of_tokens


def _places(space: MicroSpace, config: ChildConfig, size: Size) -> list[Place]:
    """The places, first to last."""
    ops = [op_forms.MICRO[name] for name in space.ops]

    def op_costs(size: Size, filters: int, stride: int) -> np.ndarray:
        return np.stack([_op_cost(op, size, filters, stride) for op in ops])

    found = []
    for own in final_micro.places(config, seed=0, training=False):
        before, filters, reduces = size, own.filters, own.stride > 1
        size = block_costs.halved(before) if reduces else before
        of_inputs = op_costs(before, filters, own.stride)
        of_nodes = op_costs(size, filters, 1)
        found.append(Place(reduces, filters, size, of_inputs, of_nodes))
    return found


@functools.lru_cache(block_costs.KEPT)
def _op_cost(op: MicroOp, size: Size, filters: int, stride: int) -> np.ndarray:
    """That op on a map of that size, [2]."""
    spot = Spot("op", filters, seed=0, training=False, stride=stride)
    return block_costs.of_form(lambda x: op.final(x, spot), size, filters)


def _cells(tokens: np.ndarray) -> Cells:
    """The cells of one kind, from their tokens [N, 4B]."""
    count, width = tokens.shape
    num_blocks = width // micro.TOKENS_PER_BLOCK
    blocks = tokens.reshape(count, num_blocks, micro.TOKENS_PER_BLOCK)
    nodes, ops = (
        part.reshape(count, 2 * num_blocks) for part in np.split(blocks, 2, axis=2)
    )
    every = np.arange(micro.NUM_INPUTS + num_blocks)
    loose = ~(nodes[:, :, np.newaxis] == every).any(axis=1)  # [N, nodes]
    return Cells(
        ops,
        nodes < micro.NUM_INPUTS,
        loose[:, : micro.NUM_INPUTS].sum(axis=1),
        loose.sum(axis=1),
    )


def _calibrated(earlier: Maps, last: Maps, filters: int) -> np.ndarray:
    """`final_micro`'s two inputs of a cell, brought to one size, [N, 2]."""
    if earlier.size != last.size:
        first = block_costs.factorized_reduction(earlier.channels, filters, last.size)
    else:
        first = _with_channels(earlier, filters)
    base = block_costs.conv_norm(filters, filters, 1, last.size)
    return first + _with_channels(last, filters) + base


def _with_channels(maps: Maps, filters: int) -> np.ndarray:
    """A convolution to `filters` where the maps have other channels, [N, 2]."""
    changed = block_costs.conv_norm(maps.channels, filters, 1, maps.size)
    return np.where((maps.channels != filters)[:, np.newaxis], changed, 0)


def _of_cells(cells: Cells, place: Place) -> np.ndarray:
    """Cells behind their inputs: operands, and loose ends in the answer's size."""
    of_inputs, of_nodes = place.ops_of_inputs[cells.ops], place.ops_of_nodes[cells.ops]
    operands = np.where(cells.of_inputs[:, :, np.newaxis], of_inputs, of_nodes)
    total = operands.sum(axis=1)
    if place.reduces:
        filters = place.filters
        one = block_costs.factorized_reduction(filters, filters, place.size)
        total = total + cells.loose_inputs[:, np.newaxis] * one
    return total
