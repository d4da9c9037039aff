"""Picks the best arc after a search, and says whether the controller beat chance.

Reference: paper section 2.2, "Deriving Architectures". That the best of many arcs is
good shows that ranking works; that the policy's mean beats the mean of random arcs
shows that the controller learned. Both are measured under the same shared weights.

The best of many arcs on some examples is flattered by the very examples that chose it,
so it is scored once more, on validation examples that did not.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from enas_tf.config.sections import DeriveConfig
from enas_tf.nn import seeds
from enas_tf.run.measures import Measure
from enas_tf.search import interval, scoring
from enas_tf.spaces.base import SearchSpace
from enas_tf.training import batching
from enas_tf.training.networks import Policy

ROWS_PER_CALL = 50
# Of the validation examples, at least so many do not choose, where a batch is left that
# does.
CHECK_SHARE = 0.2


class Comparison(NamedTuple):
    """Policy against chance.

    Attributes:
      policy_mean: mean of the task's measured values (right answers, or nats a word)
        over arcs sampled from the controller.
      random_mean: that mean over uniformly random arcs.
      difference: the first minus the second.
      low: of its 95 % interval, over other arcs and other examples.
      high: of its 95 % interval.
    """

    policy_mean: float
    random_mean: float
    difference: float
    low: float
    high: float

    def verdict(self, measure: Measure, *, trained: bool = True) -> str:
        """The interval in words; of a controller that was never trained, only that."""
        if not trained:
            return "the controller was never trained"
        lowest, highest = sorted(measure.sign * end for end in (self.low, self.high))
        if lowest > 0:
            return "the controller beats chance"
        if highest < 0:
            return "the controller is worse than chance"
        return "no difference from chance is shown"

    def sentence(self, measure: Measure, *, trained: bool = True) -> str:
        """The comparison in a sentence for the user.

        Args:
          measure: of the task.
          trained: whether the controller made an update.
        """
        policy, random = map(measure.words, self[:2])
        contrast, low, high = map(measure.display, self[2:])
        sign = "+" if measure.contrast == "difference" else ""
        return (
            f"Policy {policy}, random {random}, {measure.contrast} "
            f"{contrast:{sign}.4f} (95 % interval {low:{sign}.4f} to "
            f"{high:{sign}.4f}; {measure.direction}): "
            f"{self.verdict(measure, trained=trained)}."
        )


class Scores(NamedTuple):
    """Arcs on the same examples: tokens [N, T] int32 and values [N, n] float64."""

    tokens: np.ndarray
    values: np.ndarray

    @property
    def means(self) -> np.ndarray:
        """Of each arc over the examples, [N]."""
        return self.values.mean(axis=1)


class Derived(NamedTuple):
    """All arcs that were scored.

    Attributes:
      policy: arcs of the policy, best first.
      random: uniformly random arcs on the same examples.
      held_out: [m], the best arc on examples that had no part in choosing it; empty
        where all of them had.
      comparison: policy against chance.
    """

    policy: Scores
    random: Scores
    held_out: np.ndarray
    comparison: Comparison

    @property
    def held_out_mean(self) -> float:
        """The best arc's mean on examples that did not choose it, if there are some."""
        return float(
            self.held_out.mean() if len(self.held_out) else self.policy.means[0]
        )

    def figures(self, measure: Measure) -> dict[str, float]:
        """Every figure under a name that says what it is, as it is displayed."""
        name, display = measure.name, measure.display
        found = {f"best_{name}_on_choosing": display(self.policy.means[0])}
        if len(self.held_out):
            found[f"best_{name}_on_others"] = display(self.held_out.mean())
        found |= {
            f"policy_{name}": display(self.comparison.policy_mean),
            f"random_{name}": display(self.comparison.random_mean),
            measure.over_random: display(self.comparison.difference),
            f"{measure.over_random}_low": display(self.comparison.low),
            f"{measure.over_random}_high": display(self.comparison.high),
        }
        return {key: float(value) for key, value in found.items()}

    def sizes(self) -> dict[str, int]:
        """Numbers of arcs and examples behind the figures."""
        return dict(
            arcs=len(self.policy.tokens),
            choosing_examples=self.policy.values.shape[1],
            other_examples=len(self.held_out),
        )

    def sentences(self, measure: Measure) -> list[str]:
        """The best arc's figures in sentences for the user."""
        sizes, name = self.sizes(), measure.name
        lines = [
            f"Best of {sizes['arcs']} arcs of the policy, by "
            f"{sizes['choosing_examples']:,} validation examples: {name} "
            f"{measure.words(self.policy.means[0])}.",
            "All of them chose it, which flatters it; there are no others to check by.",
        ]
        if len(self.held_out):
            lines[1] = (
                f"The same arc on the {sizes['other_examples']:,} that did not choose "
                f"it: {name} {measure.words(self.held_out.mean())}."
            )
        return lines


def compare(
    policy: np.ndarray, random: np.ndarray, rng: np.random.Generator
) -> Comparison:
    """Two groups of arcs on the same examples, measured values [N, n] and [M, n].

    `rng` resamples arcs and examples, see `interval.of_difference`.
    """
    means = float(policy.mean()), float(random.mean())
    found = interval.of_difference(policy, random, rng)
    return Comparison(*means, means[0] - means[1], *found)


def derive(
    controller: Policy,
    scorer: scoring.Scorer,
    config: DeriveConfig,
    *,
    space: SearchSpace,
    valid_size: int,
    batch_size: int,
    seed: int,
    progress: Callable[[int, int, float], None],
) -> Derived:
    """Score `num_samples` arcs of the policy and as many random ones.

    All arcs are tried on the same examples: one shuffled validation batch as in the
    paper, more, or all but those that check the choice. `progress` gets (rows done,
    rows in all, seconds so far) after every call.
    """
    # Deviation D15: the original leaves the choice to the reader of its log.
    draw = seeds.at(seed, "derive", 0)
    policy = controller.draw(config.num_samples, seed=draw).numpy()
    random = space.random(seeds.on_host(seed, "random_arcs"), config.num_samples)
    order = seeds.on_host(seed, "derive").permutation(valid_size)
    count = num_choosing(config.batches, valid_size, batch_size)
    choosing = batching.cut(count, batch_size, order=order[:count])
    checking = batching.cut(valid_size - count, batch_size, order=order[count:])
    tokens = np.concatenate([policy, random])
    rows = len(tokens) * len(choosing.indices) + len(checking.indices)
    reporter = _Progress(rows, progress)
    values = _values(tokens, choosing, scorer=scorer, progress=reporter)
    mine, chance = values[: len(policy)], values[len(policy) :]
    best_first = np.argsort(-scorer.measure.sign * mine.mean(axis=1), kind="stable")
    best = policy[best_first[:1]]
    # Deviation D31: the choice is checked on examples that did not make it.
    held_out = _values(best, checking, scorer=scorer, progress=reporter)[0]
    comparison = compare(mine, chance, seeds.on_host(seed, "interval"))
    return Derived(
        Scores(policy[best_first], mine[best_first]),
        Scores(random, chance),
        held_out,
        comparison,
    )


def num_choosing(batches: str, valid_size: int, batch_size: int) -> int:
    """Number of validation examples that choose; the others check the choice.

    Args:
      batches: a number of batches, or "all".
      valid_size: number of validation examples.
      batch_size: examples in a batch, if there are so many.
    """
    batch = min(batch_size, valid_size)
    most = max(batch, valid_size - round(CHECK_SHARE * valid_size))
    return most if batches == "all" else min(int(batches) * batch, most)


class _Progress:
    """Reports how many rows of all are done, and the seconds since the first began."""

    def __init__(self, total: int, report: Callable[[int, int, float], None]):
        """The first row begins now.

        Args:
          total: rows in all.
          report: gets rows done, rows in all, seconds so far.
        """
        self._total = total
        self._report = report
        self._done = 0
        self._began = time.monotonic()

    def advance(self, count: int) -> None:
        self._done += count
        self._report(self._done, self._total, time.monotonic() - self._began)


def _values(
    tokens: np.ndarray,
    batches: batching.Batches,
    *,
    scorer: scoring.Scorer,
    progress: _Progress,
) -> np.ndarray:
    """Measured values of every arc ([N, T]) at every example once, [N, n]."""
    count = len(batches.indices)
    rows = batching.Batches(*(np.tile(part, (len(tokens), 1)) for part in batches))
    arcs = np.repeat(tokens, count, axis=0)
    found = []
    for start in range(0, len(arcs), ROWS_PER_CALL):
        cut = slice(start, start + ROWS_PER_CALL)
        part = batching.Batches(rows.indices[cut], rows.weights[cut])
        values = scorer.values(arcs[cut], part, split="valid")
        found.append(values[part.weights > 0])  # row by row, in order
        progress.advance(len(values))
    return np.concatenate([*found, np.zeros(0)]).reshape(len(tokens), -1)
