"""The cells of a micro network one by one, and the shared child's weights for them.

Sizes and names only; what is computed with the weights is in micro.py.
"""

from typing import NamedTuple

from enas_tf.children import aux_head, op_forms, shared
from enas_tf.nn.parameters import Packed, Weight
from enas_tf.spaces import micro


class Plan(NamedTuple):
    """The plan of one cell of the network.

    Attributes:
      name: prefix of its weights.
      reduces: whether it halves the maps.
      filters_in: channels of its two inputs as they come, the earlier one first.
      filters: channels of everything inside and of its output.
    """

    name: str
    reduces: bool
    filters_in: tuple[int, int]
    filters: int


def plans(num_layers: int, filters: int) -> tuple[Plan, ...]:
    """The num_layers + 2 cells in order; `filters` are those of the first layers."""
    reductions = micro.reduction_cells(num_layers)
    earlier = last = 3 * filters  # the stem
    found = []
    for number in range(num_layers + 2):
        reduces = number in reductions
        if reduces:
            filters *= 2
            # Deviation K8 (kept): both of its inputs are made of the last cell.
            earlier, last = last, filters
        found.append(Plan(f"cell_{number}", reduces, (earlier, last), filters))
        earlier, last = last, filters
    return tuple(found)


def child_weights(
    cells: tuple[Plan, ...], space: micro.MicroSpace, channels: int, num_classes: int
) -> list[Weight | Packed]:
    """Every weight of the shared child, in a fixed order; no auxiliary head."""
    weights: list[Weight | Packed] = []
    weights += shared.stem_weights(channels, cells[0].filters_in[0])
    for plan in cells:
        weights += _calibration(plan)
        weights += [edges(f"{plan.name}/edges", space, plan.filters)]
        weights += _final_conv(f"{plan.name}/out", space, plan.filters)
    return weights + shared.classifier_weights(cells[-1].filters, num_classes)


def edges(name: str, space: micro.MicroSpace, filters: int) -> Packed:
    """A row for each edge: each operand with each node that it may read.

    So a weight depends on who reads and on what is read, as in the original. Rows are
    ordered by block, operand and node.
    """
    pieces: list[Weight] = []
    for op in space.ops:
        pieces += op_forms.MICRO[op].weights(op, filters)
    rows = [
        f"operand {operand} of node {node}"
        for operand in range(2 * space.num_blocks)
        for node in range(operand // 2 + micro.NUM_INPUTS)
    ]
    return Packed(name, len(rows), tuple(pieces), labels=tuple(rows))


def first_rows(num_blocks: int) -> list[int]:
    """Where the rows of each operand begin among a cell's edges, and their end.

    [2B + 1]; an operand of block b has b + 2 rows.
    """
    starts = [0]
    for block in range(num_blocks):
        for _ in range(2):
            starts.append(starts[-1] + block + micro.NUM_INPUTS)
    return starts


def aux_weights(filters: int, num_classes: int) -> list[Weight]:
    """The auxiliary head's, from a map of so many channels."""
    few, many = aux_head.AUX_FEATURES
    shape = (2, 2, few, many)
    return [
        *_pointwise("project", filters, few),
        Weight("conv/kernel", shape, fan_in=4 * few),
        *shared.norm_weights("conv", (many,)),
        *shared.classifier_weights(many, num_classes),
    ]


def _calibration(plan: Plan) -> list[Weight]:
    """Weights of the ops that give both inputs of a cell its size and channels."""
    earlier, last = plan.filters_in
    if plan.reduces:
        return [
            *shared.reduction_weights(f"{plan.name}/halve", earlier, plan.filters),
            *shared.reduction_weights(f"{plan.name}/first", earlier, plan.filters),
        ]
    weights = []
    if earlier != plan.filters:
        weights += _pointwise(f"{plan.name}/first", earlier, plan.filters)
    if last != plan.filters:
        weights += _pointwise(f"{plan.name}/second", last, plan.filters)
    return weights


def _pointwise(name: str, filters_in: int, filters: int) -> list[Weight]:
    kernel = Weight(f"{name}/kernel", (filters_in, filters), fan_in=filters_in)
    return [kernel, *shared.norm_weights(name, (filters,))]


def _final_conv(name: str, space: micro.MicroSpace, filters: int) -> list[Weight]:
    """The 1x1 convolution of the loose ends, a kernel for each node."""
    nodes = space.num_blocks + micro.NUM_INPUTS
    kernel = Weight(
        f"{name}/kernel",
        (nodes, filters, filters),
        fan_in=nodes * filters,
        rows=tuple(f"node {node}" for node in range(nodes)),
    )
    return [kernel, *shared.norm_weights(name, (filters,))]
