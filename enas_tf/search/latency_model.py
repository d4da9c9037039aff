"""A model of the time that an arc's network takes, fitted to some that were timed.

The problem: to time a network it must be built, written and loaded, which takes
seconds; a search asks for thousands.

The idea: a network's time is nearly a sum over its parts. So it is a weighted sum of
its FLOPs and parameters, of how often each op stands in it and how many skips are read,
and of a constant. No weight is negative, for nothing takes time back (non-negative
least squares). Relative errors count, lest the slowest arcs alone decide. Few arcs know
few weights: of four such sums, from a constant alone to ops and skips counted in each
part of the network, the one is taken that is least wrong on arcs left out of its fit.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from enas_tf.spaces.base import SearchSpace
from enas_tf.spaces.costs import CostsOf
from enas_tf.spaces.tape import Skips

FOLDS = 10
_MILLION = 1e6
_CONSTANT, _FLOPS, _PARAMETERS = "constant", "million FLOPs", "million parameters"
_IN_PART = " in part "


class LatencyModel(NamedTuple):
    """Weights of what a network has, milliseconds each.

    Attributes:
      weights: by the name of a feature.
      error: mean of |predicted / timed - 1| over arcs that were left out of a fit.
      worst: the largest of them.
      of_constant: that mean where one time is predicted for all arcs.
    """

    weights: dict[str, float]
    error: float
    worst: float
    of_constant: float


def features(
    space: SearchSpace, counts: CostsOf, tokens: np.ndarray
) -> dict[str, np.ndarray]:
    """What the networks of arcs [N, T] have, [N] float64 each, by name."""
    costs = counts(tokens)
    found = {
        _CONSTANT: np.ones(len(tokens)),
        _FLOPS: costs.flops / _MILLION,
        _PARAMETERS: costs.parameters / _MILLION,
    }

    def add(name: str, place: int, there: np.ndarray) -> None:
        for key in (name, f"{name}{_IN_PART}{space.part_of(place)}"):
            found[key] = found.get(key, 0.0) + there.astype(np.float64)

    for place, op in enumerate(space.chooses_op()):
        if op:
            for number, name in enumerate(space.ops):
                add(name, place, tokens[:, place] == number)
    for place in _skips(space):
        add("skips", place, tokens[:, place])
    return found


def fit(found: Mapping[str, np.ndarray], milliseconds: np.ndarray) -> LatencyModel:
    """The model of arcs with the features `found` that took so long, [N]."""
    off = {names: _left_out(found, names, milliseconds) for names in _sums(found)}
    best = min(off, key=lambda names: off[names].mean())
    weights = _weights(_matrix(found, best), milliseconds)
    named = dict(zip(best, map(float, weights), strict=True))
    error, worst = float(off[best].mean()), float(off[best].max())
    return LatencyModel(named, error, worst, float(off[(_CONSTANT,)].mean()))


def predict(
    weights: Mapping[str, float], found: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Milliseconds of arcs with the features `found`, [N] float64."""
    names = tuple(weights)
    return _matrix(found, names) @ np.array([weights[name] for name in names])


def _sums(found: Mapping[str, np.ndarray]) -> list[tuple[str, ...]]:
    """The names of the features of each sum that is tried, the simplest first."""
    simple = (_CONSTANT, _FLOPS, _PARAMETERS)
    parts = tuple(name for name in found if _IN_PART in name)
    whole = tuple(name for name in found if name not in (*simple, *parts))
    return [simple[:1], simple, simple + whole, simple + parts]


def _left_out(
    found: Mapping[str, np.ndarray], names: tuple[str, ...], milliseconds: np.ndarray
) -> np.ndarray:
    """How far the prediction of each arc is off, [N], by fits without it."""
    matrix = _matrix(found, names)
    off = np.zeros(len(matrix))
    for fold in range(FOLDS):
        out = np.arange(len(matrix)) % FOLDS == fold
        weights = _weights(matrix[~out], milliseconds[~out])
        off[out] = np.abs(matrix[out] @ weights / milliseconds[out] - 1.0)
    return off


def _matrix(found: Mapping[str, np.ndarray], names: tuple[str, ...]) -> np.ndarray:
    return np.stack([found[name] for name in names], axis=1)


def _weights(matrix: np.ndarray, milliseconds: np.ndarray) -> np.ndarray:
    from scipy import optimize  # takes a third of a second; few searches ask

    # A row over its own time: what is left is relative. A column over its largest
    # value: FLOPs and counts are of one size then.
    scale = np.maximum(np.abs(matrix).max(axis=0), 1e-12)
    rows = matrix / scale / milliseconds[:, np.newaxis]
    return optimize.nnls(rows, np.ones(len(rows)), maxiter=100 * len(scale))[0] / scale


def _skips(space: SearchSpace) -> list[int]:
    """The tokens that say yes or no to a skip."""
    kinds = [[isinstance(d, Skips)] * d.num_tokens for d in space.decisions()]
    return [place for place, is_skip in enumerate(sum(kinds, [])) if is_skip]
