"""The figures of one space, in a process of one thread: see probe.py."""

import statistics
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from enas_tf.benchmark import remapping, steps, subject, timing
from enas_tf.benchmark.peer import order as orders
from enas_tf.benchmark.roofline import kernels
from enas_tf.benchmark.subjects import Subjects
from enas_tf.machine import record as machine
from enas_tf.machine import tensorflow_state

BLOCKS = 9
SQUARE = 2_048  # of the matrices whose product is the peak
TOP = 10
GIGA = 1e9


def roofline(space: str) -> dict[str, float]:
    """The share of the core's peak that steps of random arcs make use of.

    At the smallest batch that is timed; {} where a space's operations are not counted.
    """
    own = subject.of(space)
    if own.flops is None:
        return {}
    tensorflow_state.start(machine.Wanted(threads=1))
    subjects = Subjects(space, batch_size=own.batches[0])
    call = remapping.CALLS["step"](subjects)
    things = dict(step=call, peak=_product())
    times = timing.alternate(things, blocks=BLOCKS)
    useful, best = useful_flops(subjects), min(times["peak"].cpu)
    found = figures(useful, times["step"].cpu_median / steps.ARCS, best)
    top = list(kernels.shares(call).items())[:TOP]
    found |= {f"roofline_kernel.{kind}": share for kind, share in top}
    return {f"{space}.{name}": value for name, value in found.items()}


def figures(useful: float, step: float, product: float) -> dict[str, float]:
    """The share, and what it is made of.

    Args:
      useful: operations of a step.
      step: its CPU seconds.
      product: those of the product that is the peak.
    """
    peak = 2 * SQUARE**3 / product
    return dict(
        roofline=useful / step / peak,
        roofline_useful_gflop=useful / GIGA,
        roofline_gflop_per_s=useful / step / GIGA,
        roofline_peak_gflop_per_s=peak / GIGA,
    )


def useful_flops(subjects: Subjects) -> float:
    """Of a step, the mean over the arcs that are timed."""
    count = subject.of(subjects.name).flops
    assert count
    data = subjects.data
    sizes = orders.sizes(
        subjects.config, classes=data.num_classes, vocabulary=len(data.vocabulary)
    )
    arcs = map(subjects.space.decode, subjects.arcs(steps.ARCS))
    return statistics.mean(count(arc, sizes) for arc in arcs)


def _product() -> Callable[[], np.ndarray]:
    """The product, each time anew."""
    one, other = (tf.random.stateless_normal([SQUARE, SQUARE], [0, n]) for n in (1, 2))
    product = tf.function(lambda: tf.matmul(one, other), autograph=False)
    return lambda: product().numpy()
