"""The time that an exported image network takes for an answer to one image.

To be called in a process of its own, with one thread (`stages/latency_worker.py`).
"""

import pathlib
import statistics
import time
from typing import NamedTuple

import numpy as np
import tensorflow as tf

WARM_UP = 3  # calls that do not count: the first one plans the graph
FEWEST = 20  # calls that count
# Other programs only make a call slower. So calls go on until the least was met again
# so often, up to so much; but no longer than so many seconds.
MET, WITHIN, SECONDS = 4, 0.03, 2.0


class Timed(NamedTuple):
    """Milliseconds of a call.

    Attributes:
      least: of all calls, the one that nothing disturbed.
      median: of all calls.
    """

    least: float
    median: float


def timed(saved_model: pathlib.Path, image_shape: tuple[int, int, int]) -> Timed:
    """Load a `saved_model/` of export/images.py and time it at batch 1.

    Args:
      saved_model: the folder.
      image_shape: [H, W, C] of the image.
    """
    loaded = tf.saved_model.load(str(saved_model))
    answer = loaded.signatures["serving_default"]
    pixels = np.random.default_rng(0).integers(0, 256, (1, *image_shape), np.uint8)
    images = tf.constant(pixels)
    for _ in range(WARM_UP):
        answer(images=images)
    found: list[float] = []
    end = time.perf_counter() + SECONDS
    while not is_settled(found) and time.perf_counter() < end:
        began = time.perf_counter()
        answer(images=images)["probabilities"].numpy()
        found.append(1e3 * (time.perf_counter() - began))
    return Timed(min(found), statistics.median(found))


def is_settled(found: list[float]) -> bool:
    """Whether the least of these times was met often enough to be believed."""
    if len(found) < FEWEST:
        return False
    least = min(found)
    return sum(time <= (1 + WITHIN) * least for time in found) >= MET
