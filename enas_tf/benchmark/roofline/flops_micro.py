"""The useful operations of a micro step."""

from enas_tf.benchmark.roofline import counts
from enas_tf.benchmark.roofline.counts import Sizes
from enas_tf.spaces import micro
from enas_tf.spaces.micro import Cell, MicroArc

SIZES = (3, 5)  # of the separable ops, which are the first; the others count nothing
AUX_FEATURES = (128, 768)
AUX_SIDE = 2  # of an auxiliary head's map, with pictures of 32 x 32


def step(arc: MicroArc, sizes: Sizes) -> int:
    """Forward and backward of a batch, the auxiliary head's included."""
    layers, filters = int(sizes["num_layers"]), int(sizes["out_filters"])
    reductions, side = micro.reduction_cells(layers), counts.SIDE
    earlier = last = 3 * filters
    image = counts.stem(last)
    found = 0
    for number in range(layers + 2):
        if number in reductions:
            filters *= 2
            found += 2 * counts.reduction(side, last, filters)  # both inputs
            side //= 2
            found += _cell(arc.reduce, side, filters)
            earlier = last = filters
            continue
        for given in (earlier, last):
            if given != filters:
                found += counts.conv(side, given, filters)
        found += _cell(arc.normal, side, filters)
        earlier, last = last, filters
    classes = int(sizes["classes"])
    found += counts.dense(filters, classes) + _aux(filters, classes)
    return int(sizes["batch_size"]) * (image + counts.PASSES * found)


def _cell(cell: Cell, side: int, filters: int) -> int:
    """Each separable op is two, one after the other."""
    found = [
        2 * counts.separable(side, filters, SIZES[op])
        for op in cell.ops
        if op < len(SIZES)
    ]
    loose = len(micro.loose_ends(cell))
    return sum(found) + loose * counts.conv(side, filters, filters)


def _aux(filters: int, classes: int) -> int:
    few, many = AUX_FEATURES
    project = counts.conv(AUX_SIDE, filters, few)
    return project + counts.conv(AUX_SIDE, few, many, 2) + counts.dense(many, classes)
