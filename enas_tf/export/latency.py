"""How long the files of an export take for one example, each on one thread.

They are timed in a process of its own, since TensorFlow's threads are set once in the
life of one. `python -m enas_tf.export.latency FOLDER FORMAT...` is that process.
"""

import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Sequence

import numpy as np

from enas_tf.export import answering, stopwatch
from enas_tf.export.asked import Asked
from enas_tf.export.stopwatch import Timed

LONGEST = 600.0  # seconds for all of them; beyond that nothing is said
_TYPES = dict(images=np.uint8, words=np.int32, state=np.float32)
_ONE_THREAD = dict(
    TF_NUM_INTRAOP_THREADS="1",
    TF_NUM_INTEROP_THREADS="1",
    OMP_NUM_THREADS="1",
    CUDA_VISIBLE_DEVICES="-1",
    TF_CPP_MIN_LOG_LEVEL="3",
)


def measured(folder: pathlib.Path, names: Sequence[str]) -> dict[str, float]:
    """Least milliseconds of a call by the name of the format; {} if none can be told.

    Args:
      folder: of the export.
      names: of the formats, which are there.
    """
    package = pathlib.Path(__file__).resolve().parents[2]
    path = os.pathsep.join([str(package), *filter(None, sys.path)])
    words = [sys.executable, "-m", __name__, str(folder), *names]
    try:
        done = subprocess.run(
            words,
            env={**os.environ, **_ONE_THREAD, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=True,
            # Ctrl-C is heard by this process, which decides on a good moment.
            start_new_session=True,
        )
        return json.loads(done.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return {}


def of_one(asked: Asked) -> Timed:
    """The time of a call with a batch of 1: arrays in, arrays out."""
    inputs = {name: _blank(name, shape) for name, shape in asked.inputs.items()}
    return stopwatch.timed(lambda: asked(**inputs))


def _blank(name: str, shape: Sequence[int]) -> np.ndarray:
    """An input of zeros; a size of any number is 1."""
    return np.zeros([size or 1 for size in shape], _TYPES[name])


def _all(folder: str, *names: str) -> dict[str, float]:
    found = {}
    for name in names:
        asked = answering.of_file(name, pathlib.Path(folder), threads=1)
        found[name] = round(of_one(asked).least, 4)
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_all(*sys.argv[1:])) + "\n")
