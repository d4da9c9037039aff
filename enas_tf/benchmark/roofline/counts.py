"""Floating point operations of what steps are made of: 2 for each multiply-add.

Normalisation, functions, pools and sums are left out, as in nn/cost.py.
"""

from collections.abc import Mapping

Sizes = Mapping[str, int | float]  # those of a `peer.order.Order`
SIDE = 32  # of the pictures
CHANNELS = 3
# Forward, the gradient of what came, that of the kernel: as many for each.
PASSES = 3
OF_PICTURES = 2  # which need no gradient of what came


def conv(side: int, filters_in: int, filters: int, size: int = 1) -> int:
    """A convolution of size x size; the map keeps its side."""
    return 2 * side**2 * size**2 * filters_in * filters


def separable(side: int, filters: int, size: int) -> int:
    """Depthwise, then 1x1."""
    return 2 * side**2 * size**2 * filters + conv(side, filters, filters)


def reduction(side: int, filters_in: int, filters: int) -> int:
    """Factorised, of a map of this side."""
    return conv(side // 2, filters_in, filters)


def stem(filters: int) -> int:
    """With its passes."""
    return OF_PICTURES * conv(SIDE, CHANNELS, filters, 3)


def dense(units_in: int, units: int) -> int:
    """A product for one example."""
    return 2 * units_in * units
