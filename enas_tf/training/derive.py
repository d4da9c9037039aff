"""Picks the best arc after a search, and says whether the controller beat chance.

Reference: paper section 2.2, "Deriving Architectures". That the best of many arcs is
good shows that ranking works; that the policy's mean beats the mean of random arcs
shows that the controller learned. Both are measured under the same shared weights.
"""

import time
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import scipy.stats

from enas_tf.config import DeriveConfig
from enas_tf.nn import seeds
from enas_tf.tasks import measures
from enas_tf.training import scoring

CONFIDENCE = 0.95
ROWS_PER_CALL = 50


class Comparison(NamedTuple):
    """Policy against chance.

    Attributes:
      policy_mean: mean over arcs sampled from the controller of what the task
        measures: what is right, or nats a word.
      random_mean: the same of uniformly random arcs.
      difference: the first minus the second.
      low: of its 95 % interval (Welch).
      high: of its 95 % interval.
    """

    policy_mean: float
    random_mean: float
    difference: float
    low: float
    high: float

    def sentence(self, measure: measures.Measure) -> str:
        """What to tell the user."""
        lowest, highest = sorted(measure.sign * end for end in (self.low, self.high))
        if lowest > 0:
            verdict = "the controller beats chance"
        elif highest < 0:
            verdict = "the controller is worse than chance"
        else:
            verdict = "no difference from chance is shown"
        policy, random, contrast, low, high = (measure.told(mean) for mean in self)
        sign = "+" if measure.contrast == "difference" else ""
        return (
            f"Policy {policy:.4f}, random {random:.4f}, {measure.contrast} "
            f"{contrast:{sign}.4f} (95 % interval {low:{sign}.4f} to "
            f"{high:{sign}.4f}): {verdict}."
        )


class Derived(NamedTuple):
    """All arcs that were scored.

    Attributes:
      policy: [N, T] int32, best first.
      policy_means: [N], of what the task measures, best first.
      random: [N, T] int32.
      random_means: [N].
    """

    policy: np.ndarray
    policy_means: np.ndarray
    random: np.ndarray
    random_means: np.ndarray

    def comparison(self) -> Comparison:
        """Policy against chance, with its uncertainty."""
        return compare(self.policy_means, self.random_means)


def compare(policy: np.ndarray, random: np.ndarray) -> Comparison:
    """Means of two samples, [N] and [M], and Welch's interval of their difference."""
    difference = float(np.mean(policy) - np.mean(random))
    if np.ptp(policy) == 0 and np.ptp(random) == 0:
        low = high = difference
    else:
        with warnings.catch_warnings():
            # One constant sample, of a collapsed policy, has a variance of exactly 0,
            # which scipy takes for a loss of precision.
            warnings.filterwarnings("ignore", "Precision loss", RuntimeWarning)
            test = scipy.stats.ttest_ind(policy, random, equal_var=False)
        low, high = test.confidence_interval(CONFIDENCE)
    means = float(np.mean(policy)), float(np.mean(random))
    return Comparison(*means, difference, float(low), float(high))


def derive(
    controller: Any,
    scorer: scoring.Scorer,
    config: DeriveConfig,
    *,
    space: Any,
    valid_size: int,
    batch_size: int,
    seed: int,
    progress: Callable[[int, int, float], None],
) -> Derived:
    """Score `num_samples` arcs of the policy and as many random ones.

    All arcs are tried on the same examples: one shuffled validation batch as in the
    paper, more, or all of them. `progress` is told (rows done, rows in all, seconds so
    far) after every call.
    """
    # Deviation D15: the original leaves the choice to the reader of its log.
    draw = seeds.at(seed, "derive", 0)
    policy = controller.draw(config.num_samples, seed=draw).numpy()
    random = space.random(seeds.on_host(seed, "random_arcs"), config.num_samples)
    order = seeds.on_host(seed, "derive").permutation(valid_size)
    batches = scoring.cut(valid_size, batch_size, order=order)
    if config.batches != "all":
        few = int(config.batches)
        batches = scoring.Batches(batches.indices[:few], batches.weights[:few])
    tokens = np.concatenate([policy, random])
    scores = _scores(tokens, batches, scorer=scorer, progress=progress)
    mine, chance = scores[: len(policy)], scores[len(policy) :]
    best_first = np.argsort(-scorer.measure.sign * mine, kind="stable")
    return Derived(policy[best_first], mine[best_first], random, chance)


def _scores(tokens, batches, *, scorer, progress) -> np.ndarray:
    """The mean of every arc ([N, T]) over all batches ([n, B]) together, [N]."""
    count = len(batches.indices)
    rows = scoring.Batches(*(np.tile(part, (len(tokens), 1)) for part in batches))
    arcs = np.repeat(tokens, count, axis=0)
    sums, began = [], time.monotonic()
    for start in range(0, len(arcs), ROWS_PER_CALL):
        cut = slice(start, start + ROWS_PER_CALL)
        part = scoring.Batches(rows.indices[cut], rows.weights[cut])
        means = scorer.means(arcs[cut], part, split="valid")
        sums.append(means * part.weights.sum(axis=1))
        done = min(start + ROWS_PER_CALL, len(arcs))
        progress(done, len(arcs), time.monotonic() - began)
    per_arc = np.concatenate(sums).reshape(len(tokens), count).sum(axis=1)
    return per_arc / batches.weights.sum()
