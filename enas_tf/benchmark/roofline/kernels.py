"""Where the time of a call goes: TensorFlow's kernels, by its own profiler."""

import pathlib
import re
import tempfile
from collections import Counter
from collections.abc import Callable

import tensorflow as tf
from tensorflow.tsl.profiler.protobuf import xplane_pb2

KERNEL = re.compile(r"[^:\s]+:(\w+)")  # `node:Kind`; what else happens has no such name
# They last as long as what they call, whose kernels are there by themselves.
CALLERS = {
    "Case",
    "If",
    "PartitionedCall",
    "StatefulPartitionedCall",
    "StatelessCase",
    "StatelessIf",
    "StatelessWhile",
    "While",
}


def shares(call: Callable[[], object]) -> dict[str, float]:
    """The share of each kind of kernel in the time of all, the largest first."""
    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder)
        try:
            call()
        finally:
            tf.profiler.experimental.stop()
        (path,) = pathlib.Path(folder).rglob("*.xplane.pb")
        space = xplane_pb2.XSpace.FromString(path.read_bytes())
    return _shares(space)


def _shares(space: xplane_pb2.XSpace) -> dict[str, float]:
    found: Counter[str] = Counter()
    for plane in space.planes:
        names = {key: value.name for key, value in plane.event_metadata.items()}
        for line in plane.lines:
            for event in line.events:
                match = KERNEL.fullmatch(names[event.metadata_id])
                if match and match[1] not in CALLERS:
                    found[match[1]] += event.duration_ps
    total = sum(found.values())
    return {kind: time / total for kind, time in found.most_common()}
