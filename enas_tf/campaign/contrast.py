"""The difference between two methods: a value."""

from typing import NamedTuple


class Contrast(NamedTuple):
    """A judged method against another one.

    Attributes:
      against: the other.
      difference: of the means; above 0 where the judged one is better.
      bounds: of its 95 % interval; None where there are too few units.
      counts: of the units of the judged method and of the other.
      units: what they are, "search" or "arc", each.
      needed: so many of each would show the present difference in four campaigns of
        five; None where that is not known, or nobody would.
      is_paired: whether the arcs of a search are compared with others of that search.
    """

    against: str
    difference: float
    bounds: tuple[float, float] | None
    counts: tuple[int, int]
    units: tuple[str, str]
    needed: tuple[int, int] | None = None
    is_paired: bool = False

    @property
    def outcome(self) -> int | None:
        """1: better, -1: worse, 0: not distinguishable; None: nothing is known."""
        if self.bounds is None:
            return None
        low, high = self.bounds
        return int(low > 0) - int(high < 0)

    def in_json(self) -> dict[str, object]:
        """As JSON has it."""
        words = {1: "better", -1: "worse", 0: "not distinguishable", None: "unknown"}
        return {**self._asdict(), "outcome": words[self.outcome]}
