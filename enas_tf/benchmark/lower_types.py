"""Steps and rewards in the lower types of --child_precision, over those in float32.

Each type has a child of its own. float16 is measured where there is a GPU alone: on a
processor one step of it takes minutes.
"""

import tensorflow as tf

from enas_tf.benchmark import remapping, steps, subject, timing
from enas_tf.benchmark.subjects import Subjects
from enas_tf.nn import precision

BLOCKS = 7


def lower_types(space: str) -> dict[str, float]:
    """Of random arcs, CPU time and milliseconds; on a GPU the clock says more."""
    found: dict[str, float] = {}
    for batch in subject.of(space).batches:
        things = {
            name: Subjects(space, batch_size=batch, child_precision=name)
            for name in _types()
        }
        for what, call in remapping.CALLS.items():
            calls = {
                name: precision.within(name, call(subjects))
                for name, subjects in things.items()
            }
            times = timing.alternate(calls, blocks=BLOCKS)
            for name, own in times.items():
                key = f"{space}.{what}_{name}"
                ratio = timing.ratio(own, times[precision.FULL])
                found[f"{key}_over_float32_b{batch}"] = ratio
                found[f"{key}_cpu_ms_b{batch}"] = own.cpu_median * 1e3 / steps.ARCS
                found[f"{key}_wall_ms_b{batch}"] = own.wall_median * 1e3 / steps.ARCS
            del found[f"{space}.{what}_float32_over_float32_b{batch}"]
    return found


def _types() -> tuple[str, ...]:
    half = (precision.HALF,) if tf.config.list_logical_devices("GPU") else ()
    return precision.FULL, precision.WIDE, *half
