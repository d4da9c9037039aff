"""Measured points as figures of --json, and as values again. No TensorFlow."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

PREFIX = "growth"
IMAGES, JOBS = "images", "jobs"  # sizes, too: of the data set, of a campaign
OF_NO_CHILD = {IMAGES, JOBS}
WORDS = dict(
    child_num_layers="layers",
    child_out_filters="filters",
    child_hidden_size="units",
    batch_size="batch",
    vocabulary="words",
)
Sizes = Mapping[str, int]


class Point(NamedTuple):
    """What was measured of one space at some sizes.

    Attributes:
      space: its name.
      sizes: by flag; `vocabulary` is the number of words, and see `OF_NO_CHILD`.
      values: by name; see `point.measured` and `campaign.measured`.
    """

    space: str
    sizes: Sizes
    values: Mapping[str, float]


def named(point: Point) -> dict[str, float]:
    """Its figures by name, as growth.macro.batch_size=8,child_num_layers=6.step_s."""
    sizes = ",".join(f"{size}={value}" for size, value in sorted(point.sizes.items()))
    start = f"{PREFIX}.{point.space}.{sizes}"
    return {f"{start}.{name}": value for name, value in point.values.items()}


def read(found: Mapping[str, float]) -> list[Point]:
    """The points among figures, in their order; other figures are left out."""
    rows: dict[tuple[str, str], dict[str, float]] = {}
    for name, value in found.items():
        if name.startswith(f"{PREFIX}.") and name.count(".") == 3:
            _, space, sizes, what = name.split(".")
            rows.setdefault((space, sizes), {})[what] = value
    return [Point(space, _sizes(words), own) for (space, words), own in rows.items()]


def of_child(found: Sequence[Point], space: str) -> list[Point]:
    """Those of a space's child."""
    return [p for p in found if p.space == space and not OF_NO_CHILD & {*p.sizes}]


def along(found: Sequence[Point], size: str) -> list[Point]:
    """Of one space's points those that differ from the first in `size` alone, rising.

    The first is among them: it is the smallest.
    """
    small = {**found[0].sizes, size: 0}
    own = [point for point in found if {**point.sizes, size: 0} == small]
    return sorted(own, key=lambda point: point.sizes[size])


def _sizes(words: str) -> dict[str, int]:
    pairs = (word.split("=") for word in words.split(","))
    return {size: int(value) for size, value in pairs}
