"""The points of a space: each size grows while the others are small.

One more has the middle value of every size. No fit sees it: it tells how well a fit
foresees what it was not made of.
"""

from collections.abc import Sequence

import tqdm

from enas_tf.benchmark import probe, subject
from enas_tf.benchmark.growth import points
from enas_tf.benchmark.growth.points import Point, Sizes

VALUES = 3  # of each size: the fourth of `subject.Subject.grown` takes minutes
IMAGES = (2_000, 20_000, 200_000)


def growth(space: str) -> dict[str, float]:
    """The figures of all points, by names that `points.read` knows."""
    wanted = planned(space)
    found: dict[str, float] = {}
    for sizes in tqdm.tqdm(wanted, desc=space, disable=None, leave=False):
        values = probe.ask(space, "growth", **sizes)
        found |= points.named(Point(space, sizes, values))
    peaks = probe.ask(space, "growth_images", counts=IMAGES)
    for count, peak in peaks.items():
        sizes = {points.IMAGES: int(count)}
        found |= points.named(Point(space, sizes, dict(peak_mb=peak)))
    return found


def planned(space: str) -> list[Sizes]:
    """The sizes of all points of a child, the smallest first and the check last."""
    own = subject.of(space)
    small = dict(own.small)
    grown = {size: values[:VALUES] for size, values in own.grown.items()}
    found = [small]
    for size, values in grown.items():
        others = ({**small, size: value} for value in values)
        found += [sizes for sizes in others if sizes != small]
    return [*found, {size: _middle(values) for size, values in grown.items()}]


def _middle(values: Sequence[int]) -> int:
    return values[len(values) // 2]
