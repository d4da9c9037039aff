"""A model of the time that an arc's network takes, fitted to some that were timed.

The problem: to time a network it must be built, written and loaded, which takes
seconds; a search asks for thousands.

The idea: a network's time is nearly a sum over its parts. So it is a weighted sum of
how often each op stands in each part of the network, how many skips are read there, of
its FLOPs and parameters, and of a constant. No weight is negative, for nothing takes
time back (non-negative least squares). Relative errors count, lest the slowest arcs
alone decide.
"""

from typing import NamedTuple

import numpy as np
from scipy import optimize

from enas_tf.spaces.base import SearchSpace
from enas_tf.spaces.costs import CostsOf
from enas_tf.spaces.tape import Skips

FOLDS = 5
_MILLION = 1e6


class LatencyModel(NamedTuple):
    """Weights of what a network has, milliseconds each.

    Attributes:
      weights: by the name of a feature.
      error: mean of |predicted / timed - 1| over arcs that were left out of a fit.
      worst: the largest of them.
    """

    weights: dict[str, float]
    error: float
    worst: float


def features(
    space: SearchSpace, counts: CostsOf, tokens: np.ndarray
) -> dict[str, np.ndarray]:
    """What the networks of arcs [N, T] have, [N] float64 each, by name."""
    costs = counts(tokens)
    found = {
        "constant": np.ones(len(tokens)),
        "million FLOPs": costs.flops / _MILLION,
        "million parameters": costs.parameters / _MILLION,
    }
    for place, op in enumerate(space.chooses_op()):
        if op:
            for number, name in enumerate(space.ops):
                key = f"{name} in part {space.part_of(place)}"
                there = (tokens[:, place] == number).astype(np.float64)
                found[key] = found.get(key, 0.0) + there
    for place in _skips(space):
        key = f"skips in part {space.part_of(place)}"
        found[key] = found.get(key, 0.0) + tokens[:, place].astype(np.float64)
    return found


def fit(found: dict[str, np.ndarray], milliseconds: np.ndarray) -> LatencyModel:
    """The model of arcs with the features `found` that took so long, [N]."""
    matrix = np.stack(list(found.values()), axis=1)
    off = np.zeros(len(matrix))
    for fold in range(FOLDS):
        out = np.arange(len(matrix)) % FOLDS == fold
        weights = _weights(matrix[~out], milliseconds[~out])
        off[out] = np.abs(matrix[out] @ weights / milliseconds[out] - 1.0)
    weights = _weights(matrix, milliseconds)
    named = dict(zip(found, map(float, weights), strict=True))
    return LatencyModel(named, float(off.mean()), float(off.max()))


def predict(weights: dict[str, float], found: dict[str, np.ndarray]) -> np.ndarray:
    """Milliseconds of arcs with the features `found`, [N] float64."""
    matrix = np.stack(list(found.values()), axis=1)
    return matrix @ np.array([weights[name] for name in found])


def _weights(matrix: np.ndarray, milliseconds: np.ndarray) -> np.ndarray:
    # A row over its own time: what is left is relative. A column over its largest
    # value: FLOPs and counts are of one size then.
    scale = np.maximum(np.abs(matrix).max(axis=0), 1e-12)
    rows = matrix / scale / milliseconds[:, np.newaxis]
    return (
        optimize.nnls(rows, np.ones(len(rows)), maxiter=100 * rows.shape[1])[0] / scale
    )


def _skips(space: SearchSpace) -> list[int]:
    """The tokens that say yes or no to a skip."""
    kinds = [[isinstance(d, Skips)] * d.num_tokens for d in space.decisions()]
    return [place for place, is_skip in enumerate(sum(kinds, [])) if is_skip]
