"""The growth of a shared step's cost with the number of ops and with each size."""

import math
from collections.abc import Callable

import numpy as np
from absl import logging

from enas_tf.benchmark import subject, timing
from enas_tf.benchmark import subjects as subjects_lib
from enas_tf.benchmark.subjects import Subjects

FEW_OPS = 2
BLOCKS = 3


def scale(space: str) -> dict[str, float]:
    """Steps with all ops over steps with two; log-log slopes of CPU time by size."""
    found = {f"{space}.ops_all_over_2": _ops(space)}
    own = subject.of(space)
    for size, values in own.grown.items():
        things = [_shared(space, {**own.small, size: value}) for value in values]
        calls = {str(value): call for value, call in zip(values, things, strict=True)}
        times = timing.alternate(calls, blocks=BLOCKS)
        cpu = [times[name].cpu_median for name in calls]
        slope = float(np.polyfit(np.log(values), np.log(cpu), 1)[0])
        name = f"{space}.slope_{size.removeprefix('child_')}"
        found[name] = slope
        # Between the two largest, where what does not grow weighs least.
        found[f"{name}_at_end"] = math.log(cpu[-1] / cpu[-2], values[-1] / values[-2])
        rows = zip(values, cpu, strict=True)
        table = ", ".join(f"{value}: {1e3 * time:.0f}" for value, time in rows)
        title = f"{space}, CPU ms of {own.arcs} arcs' steps by {size}"
        logging.info("%s: %s", title, table)
    return found


def _ops(space: str) -> float:
    """The same arcs, of two ops, in a child that has only these and in a whole one."""
    own = subject.of(space)
    few = Subjects(space, **own.small, child_num_branches=FEW_OPS)
    arcs = few.arcs(own.arcs)
    calls = dict(
        few=arcs_steps(few, arcs),
        all=arcs_steps(Subjects(space, **own.small), arcs),
    )
    times = timing.alternate(calls, blocks=2 * BLOCKS)
    return timing.ratio(times["all"], times["few"])


def _shared(space: str, sizes: dict[str, int]) -> Callable[[], None]:
    subjects = Subjects(space, **sizes)
    return arcs_steps(subjects, subjects.arcs(subject.of(space).arcs))


def arcs_steps(subjects: Subjects, arcs: np.ndarray) -> Callable[[], None]:
    """A call that does a step of each arc."""
    given, trainer = subjects.shared()
    step = subjects_lib.steps(trainer, 1)

    def run() -> None:
        for tokens in arcs:
            given.tokens.assign(tokens)
            step()

    return run
