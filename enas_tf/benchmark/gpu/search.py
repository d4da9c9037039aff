"""A search at its published sizes: steps, rewards and updates."""

import functools
import statistics
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from enas_tf.benchmark import phases, subject, timing
from enas_tf.benchmark import subjects as subjects_lib
from enas_tf.benchmark.gpu import placement, plan, steadily
from enas_tf.benchmark.gpu.plan import Order
from enas_tf.search import scoring
from enas_tf.search.controller import Controller
from enas_tf.training import networks

ARCS = 6
FIXED = 2  # arcs beside which a fixed network is trained
Figures = dict[str, float]


class Bench:
    """One shared child and what trains and asks it."""

    def __init__(self, order: Order):
        """Builds the child; nothing is traced yet.

        Args:
          order: the space, its size and other settings.
        """
        sizes: dict[str, Any] = {}  # values of flags
        if order.small:
            sizes |= {**subject.of(order.space).host, **plan.SMALL[order.space]}
        self.subjects = subjects_lib.Subjects(
            order.space, **{**sizes, **order.settings}
        )
        self._given, self._trainer = self.subjects.shared()
        self._arcs = self.subjects.arcs(2 if order.small else ARCS)
        self._steps = functools.partial(subjects_lib.steps, self._trainer)
        self._policy = Controller(
            self.subjects.space.tape(), self.subjects.config.controller, seed=0
        )
        self._scorer = scoring.Scorer(
            self.subjects.child, self.subjects.space, self.subjects.task
        )

    def placement(self) -> Figures:
        """Where a step's operations lie; it must be the first part."""
        return placement.of_first_call(self._steps(1)) | memory_growth()

    def step(self) -> Figures:
        """A step of the shared child, over random arcs; no arc is drawn in it."""
        return steadily.spread("step", self._of_arcs())

    def tf32_off(self) -> Figures:
        """The same with whole float32 products and convolutions."""
        tf.config.experimental.enable_tensor_float_32_execution(False)
        try:
            return steadily.spread("step_tf32_off", self._of_arcs())
        finally:
            tf.config.experimental.enable_tensor_float_32_execution(True)

    def fixed(self) -> Figures:
        """The same step over that of a fixed network of the same arc, by the clock."""
        ratios, rows = [], []
        for arc in self._arcs[:FIXED]:
            self._given.tokens.assign(arc)
            alone = self.subjects.trainer(self.subjects.fixed(arc))
            makers = dict(
                shared=self._steps, fixed=functools.partial(subjects_lib.steps, alone)
            )
            took = max(steadily.warmed(make(1)) for make in makers.values())
            count = max(1, min(steadily.MOST_STEPS, int(steadily.BLOCK_SECONDS / took)))
            things = {name: make(count) for name, make in makers.items()}
            times = timing.alternate(things, blocks=steadily.BLOCKS)
            rows.append([1e3 * wall / count for wall in times["fixed"].wall])
            ratios.append(times["shared"].wall_median / times["fixed"].wall_median)
        found = steadily.spread("fixed_step", rows)
        return found | dict(step_over_fixed=statistics.mean(ratios))

    def drawn(self) -> Figures:
        """A step as a search does it: the controller draws its arc."""
        subjects = self.subjects
        network = networks.SampledChild(
            subjects.child, self._policy, subjects.space, seed=0
        )
        trainer = subjects.trainer(network)
        times = steadily.milliseconds(functools.partial(subjects_lib.steps, trainer))
        return steadily.spread("drawn_step", [times])

    def reward(self) -> Figures:
        """The forward pass of an arc on a batch of validation."""
        count = len(self._arcs)
        size = self.subjects.config.loop.batch_size
        batches = phases.batches(self.subjects, count, size)
        times = steadily.once(
            lambda: self._scorer.means(self._arcs, batches, split="valid")
        )
        return steadily.spread("reward", [[value / count for value in times]])

    def update(self) -> Figures:
        """An update of the controller: arcs are drawn, rewarded and learned from."""
        updater = self.subjects.updater(self._policy, self._scorer)
        first, last = (tf.constant(n, tf.int64) for n in (0, 1))
        times = steadily.once(lambda: updater.run(first, last).metrics.loss.numpy())
        arcs = self.subjects.config.controller.num_aggregate
        return steadily.spread("update", [times]) | dict(arcs_of_update=arcs)

    def _of_arcs(self) -> list[list[float]]:
        """The milliseconds of a step in each block, arc by arc."""
        rows = []
        for arc in self._arcs:
            self._given.tokens.assign(arc)
            rows.append(steadily.milliseconds(self._steps))
        return rows


def memory_growth() -> Figures:
    """1 where TensorFlow takes a GPU's memory as it is needed; {} without a GPU."""
    gpus = tf.config.list_physical_devices("GPU")
    grows = map(tf.config.experimental.get_memory_growth, gpus)
    return dict(memory_growth=float(all(grows))) if gpus else {}


def parts(order: Order) -> dict[str, Callable[[], Figures]]:
    """What is measured, by name, in its order."""
    bench = Bench(order)
    names = "placement step reward update tf32_off fixed drawn".split()
    return {name: getattr(bench, name) for name in names}
