"""The cost of TensorFlow's fusing of neighbouring operations; a run has it off.

A graph that is called in another takes the setting that held when it was traced. So
each form has a child of its own.
"""

from collections.abc import Callable

from enas_tf.benchmark import phases, steps, subject, timing
from enas_tf.benchmark import subjects as subjects_lib
from enas_tf.benchmark.subjects import Subjects
from enas_tf.machine import tensorflow_state
from enas_tf.search import scoring

BLOCKS = 7


def remapping(space: str) -> dict[str, float]:
    """Steps and rewards of random arcs without it, over the same with it."""
    found: dict[str, float] = {}
    for batch in subject.of(space).batches:
        forms = {
            form: Subjects(space, batch_size=batch) for form in ("without", "with")
        }
        for name, call in CALLS.items():
            things = {
                form: _under(form == "with", call(subjects))
                for form, subjects in forms.items()
            }
            times = timing.alternate(things, blocks=BLOCKS)
            ratio = timing.ratio(times["without"], times["with"])
            found[f"{space}.{name}_without_remapping_b{batch}"] = ratio
            for form in things:
                milliseconds = times[form].cpu_median * 1e3 / steps.ARCS
                found[f"{space}.{name}_{form}_cpu_ms_b{batch}"] = milliseconds
    tensorflow_state.remap(False)
    return found


def _under(on: bool, call: Callable[[], object]) -> Callable[[], None]:
    """`call` with fusing or without."""

    def run() -> None:
        tensorflow_state.remap(on)
        call()

    return run


def _steps(subjects: Subjects) -> Callable[[], None]:
    """A training step of each of some arcs."""
    given, trainer = subjects.shared()
    step = subjects_lib.steps(trainer, 1)
    tokens = subjects.arcs(steps.ARCS)

    def run() -> None:
        for arc in tokens:
            given.tokens.assign(arc)
            step()

    return run


def _rewards(subjects: Subjects) -> Callable[[], object]:
    """The rewards of the same arcs, each on a batch."""
    scorer = scoring.Scorer(subjects.child, subjects.space, subjects.task)
    tokens = subjects.arcs(steps.ARCS)
    batches = phases.batches(subjects, steps.ARCS, subjects.config.loop.batch_size)
    return lambda: scorer.means(tokens, batches, split="valid")


# By what is timed: of a child, what does it once for each of some random arcs.
CALLS: dict[str, Callable[[Subjects], Callable[[], object]]] = dict(
    step=_steps, reward=_rewards
)
