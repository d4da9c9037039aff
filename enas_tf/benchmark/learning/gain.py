"""What a policy is better by than chance, on examples that its rewards never saw."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from enas_tf.benchmark.learning import halves
from enas_tf.nn import seeds
from enas_tf.run import measures
from enas_tf.search import interval
from enas_tf.search.scoring import Scorer
from enas_tf.training import batching

ROWS_PER_CALL = 50
ARCS = 100  # of the policy, and at random


class Gain(NamedTuple):
    """The mean of a policy's arcs less that of random ones; more is better.

    In measured points: per cent of accuracy, or of a text nats a word.

    Attributes:
      points: the difference.
      low: of its 95 % interval.
      high: of its 95 % interval.
      deviation: points, the standard deviation of the random arcs' means.
      best: points, the best of the random arcs less their mean.
      beaten: the share of the random arcs that are worse than the policy's mean.
    """

    points: float
    low: float
    high: float
    deviation: float
    best: float
    beaten: float

    def figures(self) -> dict[str, float]:
        """By name, in points and in the random arcs' standard deviations.

        The latter are no numbers where all random arcs do alike.
        """
        unit = self.deviation or math.nan
        ends = dict(zip(("", "_low", "_high"), self[:3], strict=True))
        found = {f"gain_points{end}": value for end, value in ends.items()}
        found |= {f"gain_sd{end}": value / unit for end, value in ends.items()}
        best = dict(best_points=self.best, best_sd=self.best / unit)
        return found | best | dict(share_beaten=self.beaten)


def of(
    policy: np.ndarray, random: np.ndarray, measure: measures.Measure, seed: int
) -> Gain:
    """The gain of arcs over others.

    Args:
      policy: [N, n], measured values of N arcs at n examples.
      random: [M, n], at the same examples.
      measure: of the values.
      seed: of the interval's draws.
    """
    scale = measure.sign * (100.0 if measure is measures.ACCURACY else 1.0)
    ours, theirs = scale * policy, scale * random
    rng = seeds.on_host(seed, "interval")
    ends = interval.of_difference(ours, theirs, rng)
    # How far up random arcs reach: where a few bad ones make the deviation large, the
    # best may be only one of these above the mean.
    arcs = theirs.mean(axis=1)
    return Gain(
        float(ours.mean() - theirs.mean()),
        *ends,
        deviation=float(arcs.std(ddof=1)),
        best=float(arcs.max() - arcs.mean()),
        beaten=float((arcs < ours.mean()).mean()),
    )


def mean(gains: Sequence[Gain]) -> Gain:
    """Of several searches: means of the gains, of their bounds and of all else.

    The bounds are those of a search, not narrower ones of the mean.
    """
    return Gain(*np.mean(gains, axis=0).tolist())


def values(
    scorer: Scorer, tokens: np.ndarray, size: int, *, batch_size: int, seed: int
) -> np.ndarray:
    """Measured values of each arc at each unseen example, [N, size] float64.

    Args:
      scorer: of a task with a split `halves.UNSEEN`.
      tokens: [N, T], the arcs.
      size: of that split.
      batch_size: examples in a batch.
      seed: decides which examples share a batch.
    """
    order = seeds.on_host(seed, "derive").permutation(size)
    batches = batching.cut(size, batch_size, order=order)
    rows = batching.Batches(*(np.tile(part, (len(tokens), 1)) for part in batches))
    arcs = np.repeat(tokens, len(batches.indices), axis=0)
    found = []
    for start in range(0, len(arcs), ROWS_PER_CALL):
        cut = slice(start, start + ROWS_PER_CALL)
        part = batching.Batches(rows.indices[cut], rows.weights[cut])
        scored = scorer.values(arcs[cut], part, split=halves.UNSEEN)
        found.append(scored[part.weights > 0])
    return np.concatenate(found).reshape(len(tokens), size)
