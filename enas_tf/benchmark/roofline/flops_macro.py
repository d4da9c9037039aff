"""The useful operations of a macro step."""

from enas_tf.benchmark.roofline import counts
from enas_tf.benchmark.roofline.counts import Sizes
from enas_tf.spaces import macro
from enas_tf.spaces.macro import MacroArc


def step(arc: MacroArc, sizes: Sizes) -> int:
    """Forward and backward of a batch; reductions that nobody reads are of no use."""
    filters, side = int(sizes["out_filters"]), counts.SIDE
    pools = macro.pool_layers(len(arc.ops))
    found = counts.dense(filters, int(sizes["classes"]))
    for layer, op in enumerate(arc.ops):
        found += counts.conv(side, filters, filters) + _op(op, side, filters)
        if layer in pools:
            maps = sum(_is_read(source, arc, layer + 1) for source in range(layer + 2))
            found += maps * counts.reduction(side, filters, filters)
            side //= 2
    image = counts.stem(filters) + counts.PASSES * found
    return int(sizes["batch_size"]) * image


def _op(number: int, side: int, filters: int) -> int:
    size = 3 if number in (0, 1) else 5
    if number in (0, 2):
        return counts.conv(side, filters, filters, size)
    return counts.separable(side, filters, size) if number in (1, 3) else 0


def _is_read(source: int, arc: MacroArc, first: int) -> bool:
    """Whether a layer from `first` on, or the classifier, reads map `source`."""
    later = range(first, len(arc.ops))
    return source == first or any(arc.skips[layer][source] for layer in later)
