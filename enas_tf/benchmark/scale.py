"""How the cost of a shared step grows with the number of ops and with each size."""

import math
from collections.abc import Callable

import numpy as np
from absl import logging

from enas_tf.benchmark import subjects as subjects_lib
from enas_tf.benchmark import timing
from enas_tf.benchmark.subjects import Subjects

FEW_OPS = 2
# Sizes from which to which; the others stay as in `SMALL`.
SMALL = {
    "macro": dict(batch_size=8, child_num_layers=6, child_out_filters=36),
    "micro": dict(batch_size=8, child_num_layers=3, child_out_filters=20),
    "rnn": dict(batch_size=64, child_num_layers=6, child_hidden_size=200),
}
GROWN = {
    "macro": dict(
        child_num_layers=(6, 9, 12),
        child_out_filters=(36, 72, 144, 288),
        batch_size=(8, 16, 32),
    ),
    "micro": dict(
        child_num_layers=(3, 6, 9),
        child_out_filters=(20, 40, 80, 160),
        batch_size=(8, 16, 32),
    ),
    "rnn": dict(
        child_num_layers=(6, 9, 12),
        child_hidden_size=(200, 400, 800),
        batch_size=(64, 128),
    ),
}
BLOCKS = 3
# Random arcs whose steps are added up. In macro they differ with the number of layers,
# and so does what their ops cost.
ARCS = {"macro": 8, "micro": 2, "rnn": 2}


def scale(space: str) -> dict[str, float]:
    """Steps with all ops over steps with two; log-log slopes of CPU time by size."""
    found = {f"{space}.ops_all_over_2": _ops(space)}
    for size, values in GROWN[space].items():
        things = [_shared(space, {**SMALL[space], size: value}) for value in values]
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
        title = f"{space}, CPU ms of {ARCS[space]} arcs' steps by {size}"
        logging.info("%s: %s", title, table)
    return found


def _ops(space: str) -> float:
    """The same arcs, of two ops, in a child that has only these and in a whole one."""
    few = Subjects(space, **SMALL[space], child_num_branches=FEW_OPS)
    arcs = few.arcs(ARCS[space])
    calls = dict(
        few=_arcs_steps(few, arcs),
        all=_arcs_steps(Subjects(space, **SMALL[space]), arcs),
    )
    times = timing.alternate(calls, blocks=2 * BLOCKS)
    return timing.ratio(times["all"], times["few"])


def _shared(space: str, sizes: dict[str, int]) -> Callable[[], None]:
    subjects = Subjects(space, **sizes)
    return _arcs_steps(subjects, subjects.arcs(ARCS[space]))


def _arcs_steps(subjects: Subjects, arcs: np.ndarray) -> Callable[[], None]:
    """A call that does a step of each arc."""
    given, trainer = subjects.shared()
    step = subjects_lib.steps(trainer, 1)

    def run() -> None:
        for tokens in arcs:
            given.tokens.assign(tokens)
            step()

    return run
