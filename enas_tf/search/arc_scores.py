"""Arcs scored on the same examples: which examples, and what every arc got on them."""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from enas_tf.config.sections import DeriveConfig
from enas_tf.nn import seeds
from enas_tf.run.measures import Measure
from enas_tf.search import scoring
from enas_tf.training import batching

ROWS_PER_CALL = 50
# Of the validation examples, at least so many do not choose, where a batch is left that
# does.
CHECK_SHARE = 0.2
REWARD = "reward"  # what arcs are ranked by where not by a value of `DeriveConfig`


class Scores(NamedTuple):
    """Arcs on the same examples: N arcs, n examples.

    Attributes:
      tokens: [N, T] int32.
      values: [N, n] float64, what the task measures.
      log_likelihoods: [N, n] float64, of the right answers, nats.
    """

    tokens: np.ndarray
    values: np.ndarray
    log_likelihoods: np.ndarray

    @property
    def means(self) -> np.ndarray:
        """Of the measured values of each arc over the examples, [N]."""
        return self.values.mean(axis=1)

    def worth(self, rank_by: str, measure: Measure) -> np.ndarray:
        """What arcs are ranked by, at each example, [N, n]; more is better."""
        if rank_by == "log_likelihood":
            return self.log_likelihoods
        return measure.sign * self.values

    def of(self, rows: np.ndarray | slice) -> "Scores":
        """Some of these arcs, by number."""
        return Scores(*(part[rows] for part in self))


class Examples(NamedTuple):
    """The validation examples: those that choose an arc, and those that check it."""

    choosing: batching.Batches
    checking: batching.Batches


def examples(
    config: DeriveConfig, *, valid_size: int, batch_size: int, seed: int
) -> Examples:
    """All of them in a random order, cut in two and into batches."""
    order = seeds.on_host(seed, "derive").permutation(valid_size)
    count = num_choosing(config.batches, valid_size, batch_size)
    return Examples(
        batching.cut(count, batch_size, order=order[:count]),
        batching.cut(valid_size - count, batch_size, order=order[count:]),
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


def first_of_each(tokens: np.ndarray) -> np.ndarray:
    """The numbers of the rows [N, T] that no earlier row equals, ascending."""
    return np.sort(np.unique(tokens, axis=0, return_index=True)[1])


class Progress:
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
        """So many rows more are done."""
        self._done += count
        self._report(self._done, self._total, time.monotonic() - self._began)


def on_batches(
    tokens: np.ndarray,
    batches: batching.Batches,
    *,
    scorer: scoring.Scorer,
    progress: Progress,
) -> Scores:
    """Every arc ([N, T]) at every example once."""
    count = len(batches.indices)
    rows = batching.Batches(*(np.tile(part, (len(tokens), 1)) for part in batches))
    arcs = np.repeat(tokens, count, axis=0)
    found = [np.zeros((2, 0))]
    for start in range(0, len(arcs), ROWS_PER_CALL):
        cut = slice(start, start + ROWS_PER_CALL)
        part = batching.Batches(rows.indices[cut], rows.weights[cut])
        both = np.stack(scorer.scores(arcs[cut], part, split="valid"))
        found.append(both[:, part.weights > 0])  # row by row, in order
        progress.advance(len(part.indices))
    values = np.concatenate(found, axis=1).reshape(2, len(tokens), -1)
    return Scores(tokens, *values)
