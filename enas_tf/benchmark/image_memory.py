"""The memory that a search takes for its images, over their size."""

import pathlib
import tempfile
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from enas_tf.config import presets
from enas_tf.config import sections as config_lib
from enas_tf.stages import images, same_data

FEW, MANY = 2_000, 200_000
SIDES = (32, 32, 3)
MB = 2**20
PIECE = 10_000  # images that are made at a time


def ratio(space: str, peak: Callable[[], float]) -> dict[str, float]:
    """How many times images are there at once, from a file to a batch in a graph.

    Args:
      space: its name; there is no figure of a space of texts.
      peak: the largest memory of this process so far, in megabytes.
    """
    found = peaks(space, (FEW, MANY), peak)
    if not found:
        return {}
    more = (MANY - FEW) * np.prod(SIDES) / MB
    return {f"{space}.input_memory_ratio": float((found[MANY] - found[FEW]) / more)}


def peaks(
    space: str, counts: Sequence[int], peak: Callable[[], float]
) -> dict[int, float]:
    """The largest memory so far after each of these numbers of images, rising.

    Args:
      space: its name; there is no figure of a space of texts.
      counts: of the images.
      peak: as of `ratio`.
    """
    if space in config_lib.TEXTS:
        return {}
    found: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            _gone_through(space, _written(pathlib.Path(folder), count))
            found[count] = peak()
    return found


def _written(folder: pathlib.Path, count: int) -> str:
    """Two files of noise and labels, as --data_path names them."""
    names = [str(folder / f"{what}{count}.npy") for what in ("x", "y")]
    noise = np.lib.format.open_memmap(names[0], "w+", np.uint8, (count, *SIDES))
    rng = np.random.default_rng(0)
    for start in range(0, count, PIECE):
        part = noise[start : start + PIECE]
        part[:] = rng.integers(0, 256, part.shape, np.uint8)
    np.save(names[1], np.arange(count) % 10)
    return ",".join(names)


def _gone_through(space: str, data_path: str) -> None:
    """All that a search does with its images before the first step, and a batch."""
    given = dict(data_path=data_path, data_in_memory="yes")
    config = presets.resolve(space, "search", "paper", given)
    data, task = images.search_data(config, 0)
    same_data.facts(data)
    lessons = task.lessons(batch_size=config.loop.batch_size, num_epochs=1, seed=0)

    @tf.function(autograph=False)
    def batch() -> tf.Tensor:
        first = tf.constant(0, tf.int64)
        return lessons.lesson(first, lessons.shared(first)).batch.inputs

    batch()
