"""The points of a space: each size grows while the others are small.

In one more point layers and width grow together: else nobody could tell what goes by
their product from what goes by the width alone. The last has the middle value of every
size. No fit sees it: it tells how well a fit foresees what it was not made of.
"""

import tqdm

from enas_tf.benchmark import probe, subject
from enas_tf.benchmark.growth import model, points
from enas_tf.benchmark.growth.points import Point, Sizes

IMAGES = (2_000, 20_000, 200_000)


def growth(space: str) -> dict[str, float]:
    """The figures of all points, by names that `points.read` knows; models' errors."""
    wanted = planned(space)
    found: dict[str, float] = {}
    for sizes in tqdm.tqdm(wanted, desc=space, disable=None, leave=False):
        values = probe.ask(space, "growth", **sizes)
        found |= points.named(Point(space, sizes, values))
    for name in ("step_s", "reward_s", "peak_mb"):
        told = model.told(points.of_child(points.read(found), space), name)
        found |= {f"{space}.growth_{name}_{key}": value for key, value in told.items()}
    peaks = probe.ask(space, "growth_images", counts=IMAGES)
    for count, peak in peaks.items():
        sizes = {points.IMAGES: int(count)}
        found |= points.named(Point(space, sizes, dict(peak_mb=peak)))
    return found


def planned(space: str) -> list[Sizes]:
    """The sizes of all points of a child, the smallest first and the check last."""
    own = subject.of(space)
    grown = own.growth or own.grown
    small = {size: values[0] for size, values in grown.items()}
    middle = {size: values[len(values) // 2] for size, values in grown.items()}
    found = [small]
    for size, values in grown.items():
        found += [{**small, size: value} for value in values[1:]]
    layers, width, *_ = grown
    both = {layers: grown[layers][-1], width: middle[width]}
    return [*found, {**small, **both}, middle]
