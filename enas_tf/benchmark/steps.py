"""A training step of the shared child over one of a fixed network of the same arc."""

import statistics
from unittest import mock

import tensorflow as tf

from enas_tf.benchmark import subject, timing
from enas_tf.benchmark import subjects as subjects_lib
from enas_tf.benchmark.subjects import Subjects
from enas_tf.nn import seeds, switch
from enas_tf.search.controller import Controller

ARCS = 5
BLOCKS = 5
HOST_STEPS = 20
HOST_BLOCKS = 15


def step(space: str) -> dict[str, float]:
    """At the published sizes; also with all ops computed, as the originals do."""
    found: dict[str, float] = {}
    own = subject.of(space)
    for batch in own.batches:
        subjects = Subjects(space, batch_size=batch)
        at_batch = over_fixed(subjects, "step")
        found |= {f"{space}.{name}_b{batch}": v for name, v in at_batch.items()}
        # Without the batch: the published one, or the nearest that is timed.
        found |= {f"{space}.{name}": value for name, value in at_batch.items()}
    if own.all_ops:
        subjects = Subjects(space, batch_size=own.batches[0])
        with mock.patch.object(switch.Switch, "__call__", _all_ops):
            all_ops = over_fixed(subjects, "all_ops", arcs=1)
        found[f"{space}.all_ops_over_fixed"] = all_ops["all_ops_over_fixed"]
    return found


def host(space: str) -> dict[str, float]:
    """With so few filters and images that only the framework's work is left."""
    subjects = Subjects(space, **subject.of(space).host)
    found = over_fixed(subjects, "host", steps=HOST_STEPS, blocks=HOST_BLOCKS)
    found |= drawing(subjects, steps=HOST_STEPS, blocks=HOST_BLOCKS)
    return {f"{space}.{name}": value for name, value in found.items()}


def drawing(subjects: Subjects, *, steps: int, blocks: int) -> dict[str, float]:
    """The draw of an arc, which the steps above leave out.

    Over a fixed network's step, which takes `host_fixed_cpu_ms`.
    """
    config = subjects.config
    policy = Controller(subjects.space.tape(), config.controller, seed=0)

    @tf.function(autograph=False)
    def draw(count: tf.Tensor) -> tf.Tensor:
        def body(step: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            tokens = policy.draw(1, seed=seeds.at(config.run.seed, "arc", step))
            return step + 1, total + tf.reduce_sum(tokens)

        start = (tf.constant(0), tf.constant(0))
        return tf.while_loop(lambda step, _: step < count, body, start)[1]

    fixed = subjects.trainer(subjects.fixed(subjects.arcs(1)[0]))
    things = dict(
        draw=lambda: draw(tf.constant(steps)).numpy(),
        fixed=subjects_lib.steps(fixed, steps),
    )
    times = timing.alternate(things, blocks=blocks)
    return {
        "draw_over_host_fixed": timing.ratio(times["draw"], times["fixed"]),
        "draw_cpu_ms": times["draw"].cpu_median * 1e3 / steps,
    }


def over_fixed(
    subjects: Subjects,
    name: str,
    *,
    steps: int = 1,
    arcs: int = ARCS,
    blocks: int = BLOCKS,
) -> dict[str, float]:
    """Means over random arcs of ratios of CPU time, and milliseconds of a step.

    `<name>_spread` is a fixed network over a second one of the same arc: what a ratio
    of equals looks like here.
    """
    given, trainer = subjects.shared()
    shared = subjects_lib.steps(trainer, steps)
    rows: list[dict[str, float]] = []
    for tokens in subjects.arcs(arcs):
        given.tokens.assign(tokens)
        fixed = [subjects.trainer(subjects.fixed(tokens)) for _ in range(2)]
        one, other = (subjects_lib.steps(trainer, steps) for trainer in fixed)
        things = dict(shared=shared, fixed=one, again=other)
        times = timing.alternate(things, blocks=blocks)
        row = {
            f"{name}_over_fixed": timing.ratio(times["shared"], times["fixed"]),
            f"{name}_spread": timing.ratio(times["again"], times["fixed"]),
        }
        for thing in ("shared", "fixed"):
            milliseconds = 1e3 / steps
            row[f"{name}_{thing}_cpu_ms"] = times[thing].cpu_median * milliseconds
            row[f"{name}_{thing}_wall_ms"] = times[thing].wall_median * milliseconds
        rows.append(row)
    found = {key: statistics.mean(row[key] for row in rows) for key in rows[0]}
    found[f"{name}_over_fixed_highest"] = max(r[f"{name}_over_fixed"] for r in rows)
    return found


def _all_ops(
    self: switch.Switch, index: tf.Tensor, x: tf.Tensor, weights: object
) -> tf.Tensor:
    """A `Switch`'s value, with every op computed and one picked."""
    return tf.stack([op(x, weights) for op in self.ops])[index]
