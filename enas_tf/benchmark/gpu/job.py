"""One section, in a process of its own: python -m enas_tf.benchmark.gpu.job ORDER.

Prints a line of JSON for each part, `figures` or why there are none (`failed`), as
soon as it is known.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping

import tensorflow as tf

from enas_tf.benchmark.gpu import final, plan, resume, search
from enas_tf.benchmark.gpu.plan import Order
from enas_tf.machine import processor, tensorflow_state
from enas_tf.machine import record as machine
from enas_tf.nn import precision

Parts = Mapping[str, Callable[[], dict[str, float]]]
KINDS: dict[str, Callable[[Order], Parts]] = dict(
    search=search.parts, final=final.parts, xla=final.passes, resume=resume.parts
)
ELSEWHERE = ("resume",)  # computes in processes of its own: the device is left to them
DEVICE = "GPU:0"
LONGEST = 300  # characters of a reason


def measure(order: Order) -> Iterator[dict[str, object]]:
    """The lines, part by part; an error of a part does not end the others.

    Kernels are as the process has them, whatever the order says.
    """
    with precision.scope(str(order.settings.get(plan.PRECISION, precision.FULL))):
        try:
            parts = KINDS[order.kind](order)
        except Exception as error:  # whatever it is, the other sections go on
            yield dict(failed=f"building it: {_reason(error)}")
            return
        for name, part in parts.items():
            if not order.wanted or name in order.wanted:
                yield _line(order, name, part)


def _line(
    order: Order, name: str, part: Callable[[], dict[str, float]]
) -> dict[str, object]:
    """The figures of one part, or why there are none."""
    try:
        figures = part() if order.kind in ELSEWHERE else _with_peak(name, part)
    except Exception as error:  # as above
        return dict(failed=f"{name}: {_reason(error)}")
    return dict(figures={order.prefix + key: v for key, v in figures.items()})


def _with_peak(name: str, part: Callable[[], dict[str, float]]) -> dict[str, float]:
    """The figures of `part`, and the most memory of the GPU that it held."""
    if not tf.config.list_logical_devices("GPU"):
        return part()  # of a CPU TensorFlow keeps no such account
    tf.config.experimental.reset_memory_stats(DEVICE)
    found = part()
    peak = tf.config.experimental.get_memory_info(DEVICE)["peak"]
    return found | {f"{name}_peak_mb": peak / 2**20}


def _reason(error: Exception) -> str:
    """The kind of an error and its first words, on one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:LONGEST]


def _start(order: Order) -> None:
    """TensorFlow as a run that begins here has it; memory grows as it is needed."""
    # It warns of functions that are traced often; here each subject has its own.
    tf.get_logger().setLevel("ERROR")
    if order.kind not in ELSEWHERE:
        tensorflow_state.start(machine.Wanted(threads=processor.cores()))
        tensorflow_state.set_deterministic(order.deterministic)


def main() -> None:
    """Measures the order on the command line."""
    order = Order(**json.loads(sys.argv[1]))
    _start(order)
    for line in measure(order):
        print(json.dumps(line), flush=True)
    # Behind this lies nothing but the end of TensorFlow's threads.
    os._exit(0)


if __name__ == "__main__":
    main()
