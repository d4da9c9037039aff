"""The architecture to train, as one value from where it is written to its network."""

from typing import NamedTuple

# Of the space it belongs to: a `NamedTuple` of tuples of ints.
Arc = tuple[object, ...]


class FixedArc(NamedTuple):
    """The arc, or the baseline, of --child_fixed_arc.

    Attributes:
      text: as settings keep it: integers, or the name of a baseline.
      arc: of ints; None for a baseline, which is no arc of its space.
    """

    text: str
    arc: Arc | None
