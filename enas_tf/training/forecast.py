"""The rest of a search in seconds: each kind of work by its own cost.

Before a kind has been timed its cost is guessed from a child step's. The guesses are
from searches of the three demos on two CPU cores.
"""

from collections.abc import Mapping
from typing import NamedTuple

from enas_tf.run import counters
from enas_tf.training import pace as pace_lib

SHOWN = "shown"  # the arcs that are scored and kept after a controller phase
EVALUATION = "evaluation"
EPOCH_END = "epoch_end"  # its checkpoint
DERIVE = "derive"

_FORWARD = 0.35  # a forward pass of one arc beside a training step
# Building a graph, beside building that of the child step.
_BUILD_CONTROLLER = 1.3
_BUILD_FORWARD = 0.35


class ForwardPasses(NamedTuple):
    """Forward passes in each kind of work."""

    update: int
    shown: int
    evaluation: int
    derive: int


def as_passes(steps: int) -> int:
    """Training steps as the forward passes that take as long."""
    return round(steps / _FORWARD)


def of_search(
    done: Mapping[str, int],
    total: Mapping[str, int],
    passes: ForwardPasses,
    pace: pace_lib.Pace,
) -> pace_lib.Forecast | None:
    """The cost of the units `done` and of those up to `total`, by kind.

    None before a child step has been timed.
    """
    step = pace.seconds.get(counters.CHILD)
    if step is None:
        return None
    build, row = pace.first[counters.CHILD], _FORWARD * step
    guesses = {
        counters.CHILD: (step, 0.0),
        counters.CONTROLLER: (passes.update * row, _BUILD_CONTROLLER * build),
        SHOWN: (passes.shown * row, _BUILD_FORWARD * build),
        EVALUATION: (passes.evaluation * row, 2 * _BUILD_FORWARD * build),
        EPOCH_END: (0.0, 0.0),
    }
    works = [
        pace_lib.Work(kind, done[kind], total[kind], *guess)
        for kind, guess in guesses.items()
    ]
    works.append(pace_lib.Work(DERIVE, 0, passes.derive, row))
    return pace_lib.forecast(works, pace)
