"""A process of one thread that builds, exports, loads and times final children.

`python -m enas_tf.stages.latency_worker` reads one line of JSON, an `Order`, and writes
a line of JSON for each of its arcs as soon as it is timed: a `stopwatch.Timed`. So the
process that asks is left as it is: its threads, Keras' names, its memory.
"""

import gc
import json
import os
import pathlib
import sys
import tempfile
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from enas_tf.command import plugins
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config

if TYPE_CHECKING:
    from enas_tf.export.stopwatch import Timed

ONE_THREAD = {
    "CUDA_VISIBLE_DEVICES": "-1",
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


class Order(NamedTuple):
    """What to time.

    Attributes:
      settings: of the final child, {flag: value}.
      image_shape: [H, W, C].
      num_classes: classes to tell apart.
      arcs: as `SearchSpace.text` writes them.
    """

    settings: Mapping[str, object]
    image_shape: tuple[int, int, int]
    num_classes: int
    arcs: tuple[str, ...]


def main() -> None:
    """Time what standard input orders."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no answer
    order = Order(*json.loads(sys.stdin.readline()))
    for times in _times(order):
        answers.write(json.dumps(times) + "\n")
        answers.flush()


def _times(order: Order) -> "Iterator[Timed]":
    plugins.load(str(order.settings.get("plugin", "")))
    config = config_lib.replace(Config(), order.settings)
    for text in order.arcs:
        yield _timed(order, config, text)


def _timed(order: Order, config: Config, text: str) -> "Timed":
    import keras
    import numpy as np

    from enas_tf.export import answering, latency
    from enas_tf.export import images as export_images
    from enas_tf.stages import assembly

    part = assembly.SPACES[config.run.search_for]
    height, width, channels = order.image_shape
    shape = (height, width, channels)
    arc = part.space(config).parse(text)
    sizes = dict(image_shape=shape, num_classes=order.num_classes, seed=0)
    final = part.final(arc, config.child, **sizes)
    ones = np.ones(channels)
    model = export_images.deployable(final, mean=ones, std=ones, name="enas_child")
    sample = np.zeros((1, *shape), np.uint8)
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        export_images.DeployedClassifier(model, sample).save(place)
        found = latency.of_one(answering.of_file("saved_model", place, threads=1))
    keras.backend.clear_session()
    gc.collect()
    return found


if __name__ == "__main__":
    main()
