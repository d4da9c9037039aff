"""How well a score of arcs ranks them as training from scratch does.

Kendall's tau-b and Spearman's rho, each with a percentile interval over other arcs
(bootstrap: arcs are drawn with replacement), which was simulated to cover the truth in
94.5 to 97.6 % with 8 to 40 arcs, and in as little as 61 % with four; below eight there
is none. A score is held against the accuracy of
one seed at a time, and the mean over seeds is told: so it is on the scale of the
ceiling, which is one seed held against another. No score can be expected far above it.

The best fifth are found by the other seeds than the one that a score is held against:
chosen by the same noise that then ranks them, they would seem to be ranked by nothing.

All arcs of a drawn sample are told by how often each is in it, so that a thousand
samples are a few products of matrices.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

REPLICATES = 1000
BEST = 0.2  # the share of arcs that count as the best
FEWEST = 8  # arcs that an interval needs
_FEWEST_DEFINED = 0.5  # of the samples; of no more there is no interval


class Figure(NamedTuple):
    """A statistic and its 95 % interval; nan where it is not defined."""

    value: float
    low: float
    high: float


class Agreement(NamedTuple):
    """A score against accuracies from scratch.

    Attributes:
      arcs: how many there are.
      tau: Kendall's tau-b.
      rho: Spearman's.
      above: its tau less that of another score, on the same samples; None if not asked.
    """

    arcs: int
    tau: Figure
    rho: Figure
    above: Figure | None = None


def samples(count: int, rng: np.random.Generator) -> np.ndarray:
    """[1 + REPLICATES, count]: how often each arc is in a sample.

    The first row is the arcs themselves, each once.
    """
    drawn = rng.multinomial(count, np.full(count, 1 / count), REPLICATES)
    return np.concatenate([np.ones((1, count)), drawn])


def agreement(
    scores: np.ndarray,
    accuracies: np.ndarray,
    counts: np.ndarray,
    *,
    best: bool = False,
    above: np.ndarray | None = None,
) -> Agreement:
    """How `scores` rank arcs.

    Args:
      scores: [n], of the arcs.
      accuracies: [S, n], of S seeds.
      counts: of `samples`.
      best: of the best fifth alone.
      above: [n], another score, to be held against.
    """
    masks = [best_fifth(accuracies, seed) for seed in range(len(accuracies))]
    weights = [counts * mask if best else counts for mask in masks]
    pairs = list(zip(accuracies, weights, strict=True))
    tau = _mean([taus(scores, *pair) for pair in pairs])
    rho = _mean([rhos(scores, *pair) for pair in pairs])
    other = None
    if above is not None:
        other = _figure(tau - _mean([taus(above, *pair) for pair in pairs]))
    count = int(masks[0].sum()) if best else len(scores)
    return _bounded(Agreement(count, _figure(tau), _figure(rho), other))


def ceiling(
    accuracies: np.ndarray, counts: np.ndarray, *, best: bool = False
) -> Agreement:
    """Each of two or more seeds held against each other one.

    Args:
      accuracies: [S, n], of S seeds.
      counts: of `samples`.
      best: of the best fifth alone, by the seed that is held against another.
    """
    found = []
    for seed, scores in enumerate(accuracies):
        mask = best_fifth(accuracies[[seed]], 0)
        weights = counts * mask if best else counts
        for other in np.delete(accuracies, seed, axis=0):
            pair = scores, other, weights
            found.append((taus(*pair), rhos(*pair)))
    tau, rho = (_mean(part) for part in zip(*found, strict=True))
    count = int(mask.sum()) if best else len(counts[0])
    return _bounded(Agreement(count, _figure(tau), _figure(rho)))


def best_fifth(accuracies: np.ndarray, seed: int) -> np.ndarray:
    """[n]: whether each is of the best, by all seeds but this one; by it if alone."""
    others = np.delete(accuracies, seed, axis=0) if len(accuracies) > 1 else accuracies
    count = max(2, round(BEST * accuracies.shape[1]))
    mask = np.zeros(accuracies.shape[1], bool)
    mask[np.argsort(-others.mean(axis=0), kind="stable")[:count]] = True
    return mask


def taus(scores: np.ndarray, truth: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Kendall's tau-b in each sample, [R].

    Kendall 1945, "The treatment of ties in ranking problems", Biometrika 33: an arc
    that is in a sample twice is tied with itself in both.

    Args:
      scores: [n].
      truth: [n].
      counts: [R, n].
    """
    ours, theirs = _order(scores).T, _order(truth).T
    both, *apart = (
        np.einsum("ri,ij,rj->r", counts, signs, counts, optimize=True)
        for signs in (ours * theirs, np.abs(ours), np.abs(theirs))
    )
    return _ratio(both, apart[0] * apart[1])


def rhos(scores: np.ndarray, truth: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Spearman's rho in each sample, [R]: the correlation of ranks, ties halved.

    Args:
      scores: [n].
      truth: [n].
      counts: [R, n].
    """
    ours, theirs = (_centred_ranks(x, counts) for x in (scores, truth))
    both = (counts * ours * theirs).sum(axis=1)
    apart = [(counts * ranks**2).sum(axis=1) for ranks in (ours, theirs)]
    return _ratio(both, apart[0] * apart[1])


def _centred_ranks(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """[R, n]: how many of a sample are below each arc, less how many are above, / 2.

    It is the rank less the middle one.
    """
    return counts @ _order(values) / 2


def _order(values: np.ndarray) -> np.ndarray:
    """[n, n]: 1 where the row's is below the column's, -1 above; of -inf as well."""
    below = values[:, np.newaxis] < values
    return below.astype(float) - below.T


def _ratio(both: np.ndarray, squared: np.ndarray) -> np.ndarray:
    """nan where one of the two does not differ at all."""
    nothing = np.full(both.shape, np.nan)
    return np.divide(both, np.sqrt(squared), out=nothing, where=squared > 0)


def _mean(parts: Sequence[np.ndarray]) -> np.ndarray:
    """[R], of those that are defined: in a sample the accuracies of a seed may tie."""
    defined = np.isfinite(parts)
    count = defined.sum(axis=0)
    nothing = np.full(count.shape, np.nan)
    total = np.where(defined, parts, 0.0).sum(axis=0)
    return np.divide(total, count, out=nothing, where=count > 0)


def _bounded(found: Agreement) -> Agreement:
    """Without intervals where the arcs are too few for them."""
    if found.arcs >= FEWEST:
        return found
    above = found.above and _alone(found.above)
    return Agreement(found.arcs, _alone(found.tau), _alone(found.rho), above)


def _alone(figure: Figure) -> Figure:
    return Figure(figure.value, np.nan, np.nan)


def _figure(values: np.ndarray) -> Figure:
    """Of the arcs themselves, and of the samples."""
    drawn = values[1:][np.isfinite(values[1:])]
    if len(drawn) <= _FEWEST_DEFINED * (len(values) - 1):
        return Figure(float(values[0]), np.nan, np.nan)
    return Figure(float(values[0]), *map(float, np.percentile(drawn, [2.5, 97.5])))
