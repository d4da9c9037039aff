"""The deriving of a search tried out: arcs scored, some random and some large ones."""

import itertools
import time
from typing import NamedTuple

import numpy as np

from enas_tf.command.request import Request
from enas_tf.nn import seeds
from enas_tf.run.outlook import Span
from enas_tf.spaces.costs import Costs
from enas_tf.stages import assembly, recipe, timed
from enas_tf.stages import derive as derive_stage
from enas_tf.stages.search_stage import SearchStage
from enas_tf.stages.timed import Timed
from enas_tf.training import batching

ARCS = 1000  # random ones, whose sizes are looked at
TYPICAL, LARGE = 50, 90  # percentiles of their FLOPs; a policy is taken to end at LARGE
SCORED = 20  # arcs of a size, at most, whose forward passes are timed
ROUNDS = 3  # that both sizes are timed in, in turns: a machine is not always as fast
SECONDS = 3.0  # about, that random arcs are timed for


class Arcs(NamedTuple):
    """Random arcs, those of least work first.

    Attributes:
      tokens: [ARCS, T].
      costs: of their final children; None where the space does not count them.
    """

    tokens: np.ndarray
    costs: Costs | None

    @property
    def differ(self) -> bool:
        """Whether large ones are known to be more work than typical ones."""
        if self.costs is None:
            return False
        typical, large = np.percentile(self.costs.flops, (TYPICAL, LARGE))
        return bool(large > typical)

    def large(self, count: int) -> np.ndarray:
        """`count` of them, around `LARGE`."""
        first = LARGE * len(self.tokens) // 100 - count // 2
        return self.tokens[first : first + count]


class Scored(NamedTuple):
    """Forward passes of arcs under the shared weights.

    Attributes:
      row: of a random arc on a batch.
      growth: that of a large arc over it, at least 1.
    """

    row: Timed
    growth: float


def arcs(request: Request, stage: SearchStage) -> Arcs:
    """Random arcs of the request's search."""
    config = request.configs["search"]
    tokens = stage.space.random(seeds.on_host(config.run.seed, "random_arcs"), ARCS)
    part = assembly.SPACES[config.run.search_for]
    costs_of = part.costs(recipe.of(request).config, stage.data)
    if costs_of is None:
        return Arcs(tokens, None)
    costs = costs_of(tokens)
    order = np.argsort(costs.flops, kind="stable")
    return Arcs(tokens[order], Costs(*(part[order] for part in costs)))


def scored(request: Request, stage: SearchStage, found: Arcs) -> Scored:
    """Time forward passes of such arcs."""
    batch = request.configs["search"].loop.batch_size
    size = min(batch, stage.task.size("valid"))
    mixed = np.random.default_rng(0).permutation(found.tokens)
    next_one = itertools.cycle(mixed)

    def some(units: int) -> None:
        _score(stage, np.stack(list(itertools.islice(next_one, units))), size)

    row = timed.some(some, most=2 * SCORED, seconds=SECONDS)
    if not found.differ:
        return Scored(row, 1.0)
    count = min(SCORED, row.units)
    sizes = (mixed[:count], found.large(count))
    rounds = [[_score(stage, some, size) for some in sizes] for _ in range(ROUNDS)]
    random, large = np.min(rounds, axis=0)
    return Scored(row, max(1.0, float(large / random)))


def _score(stage: SearchStage, tokens: np.ndarray, size: int) -> float:
    """Score each arc on a batch; the seconds that it took."""
    indices = np.tile(np.arange(size, dtype=np.int32), (len(tokens), 1))
    batches = batching.Batches(indices, np.ones(indices.shape, np.float32))
    began = time.monotonic()
    stage.scorer.scores(tokens, batches, split="valid")
    return time.monotonic() - began


def derived(
    request: Request, stage: SearchStage, found: Scored, child_step: Timed | None
) -> Span:
    """All but pictures of deriving, under neutral weights too if that is asked for.

    Half of the arcs are of the policy, which may have turned to larger ones.
    """
    config = request.configs["search"]
    rows = derive_stage.num_scored(request, stage.task)
    epochs = config.derive.neutral_epochs
    half = (1 + found.growth) / 2
    scores = found.row.span(rows).times(1.0, (1 + half) / 2, half)
    spent = scores.plus(timed.once(found.row.building))
    if not epochs:
        return spent
    lessons = stage.task.lessons(
        batch_size=config.loop.batch_size, num_epochs=epochs, seed=config.run.seed
    )
    step = child_step or found.row
    return spent.plus(scores).plus(step.whole(lessons.steps_before(epochs)))
