"""One measured point: a search at given sizes, in a process of its own."""

import functools
import time
from collections.abc import Callable

from enas_tf.benchmark import phases, scale, subject
from enas_tf.benchmark.subjects import Subjects
from enas_tf.machine import record as machine
from enas_tf.machine import tensorflow_state
from enas_tf.search import scoring

ENOUGH_S = 2.0  # CPU seconds of a thing; more blocks are not timed
FEWEST, MOST = 2, 7  # timed blocks
FORGET_PEAK = "/proc/self/clear_refs"

Memory = Callable[[str], float]


def measured(space: str, sizes: dict[str, int], memory: Memory) -> dict[str, float]:
    """Of one thread, the means over the arcs that `subject.Subject.arcs` counts.

    Args:
      space: its name.
      sizes: of the child and its data, by flag; `vocabulary` is the number of words.
      memory: a figure of Linux on this process, in megabytes; see `probe`.

    Returns:
      step_s and reward_s: CPU seconds of a training step and of the reward of an arc on
      one batch; start_s: of building, tracing and the first steps; peak_mb: the
      most memory while steps are made, over that of the bare program; parameters: of
      the shared child.
    """
    tensorflow_state.start(machine.Wanted(threads=1))
    before, began = memory("VmRSS"), time.process_time()
    things = Subjects(space, **sizes)
    count, batch = subject.of(space).arcs, things.config.loop.batch_size
    arcs = things.arcs(count)
    step = scale.arcs_steps(things, arcs)
    step()
    start = time.process_time() - began
    # Building makes and drops more than a small step does: count anew from here.
    with open(FORGET_PEAK, "w") as file:
        file.write("5")
    seconds = _median(step)
    peak = memory("VmHWM") - before
    scorer = scoring.Scorer(things.child, things.space, things.task)
    batches = phases.batches(things, count, batch)
    rewarded = functools.partial(scorer.means, arcs, batches, split="valid")
    rewarded()  # it traces
    reward = _median(rewarded)
    return dict(
        step_s=seconds / count,
        reward_s=reward / count,
        start_s=start,
        peak_mb=peak,
        parameters=float(things.child.parameters.vector.shape[0]),
    )


def _median(call: Callable[[], object]) -> float:
    """CPU seconds of `call`, the median of so many as `ENOUGH_S` allows."""
    taken: list[float] = []
    while len(taken) < FEWEST or (sum(taken) < ENOUGH_S and len(taken) < MOST):
        began = time.process_time()
        call()
        taken.append(time.process_time() - began)
    return sorted(taken)[len(taken) // 2]
