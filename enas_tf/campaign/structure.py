"""How deep an arc is, or how many skips it has: a score that costs nothing.

Of a space of another program there is none.
"""

import functools
from collections.abc import Sequence

from enas_tf.spaces import micro
from enas_tf.spaces.macro import MacroArc
from enas_tf.spaces.micro import Cell, MicroArc
from enas_tf.spaces.rnn import RnnArc


@functools.singledispatch
def of(arc: object) -> tuple[str, int] | None:
    """The name of the number, and the number."""
    del arc
    return None


@of.register
def _(arc: MacroArc) -> tuple[str, int]:
    # All arcs of a size are as deep.
    return "skips", sum(sum(row) for row in arc.skips)


@of.register
def _(arc: MicroArc) -> tuple[str, int]:
    return "depth", _depth(arc.normal) + _depth(arc.reduce)


@of.register
def _(arc: RnnArc) -> tuple[str, int]:
    return "depth", max(_depths([0], [[source] for source in arc.inputs]))


def _depth(cell: Cell) -> int:
    """Blocks on the longest way through."""
    sources = list(zip(cell.inputs[::2], cell.inputs[1::2], strict=True))
    return max(_depths([0] * micro.NUM_INPUTS, sources))


def _depths(known: Sequence[int], sources: Sequence[Sequence[int]]) -> list[int]:
    """Of all nodes, from those of the first ones and what each other one reads."""
    found = list(known)
    for node in sources:
        found.append(1 + max(found[source] for source in node))
    return found
