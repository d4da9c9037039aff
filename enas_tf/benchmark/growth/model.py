"""A model of seconds and megabytes by sizes: a sum of terms, fitted to points.

A term is a product of sizes, such as batch x layers x filters; its weight is never
negative. What the fit makes small is the relative error, lest the largest points decide
alone. Pure functions; no TensorFlow.
"""

import statistics
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy import optimize

from enas_tf.benchmark.growth.points import Point, Sizes

BATCH, LAYERS, WORDS = "batch_size", "child_num_layers", "vocabulary"
FILTERS, UNITS = "child_out_filters", "child_hidden_size"
Term = tuple[str, ...]  # sizes that are multiplied; () is what does not grow

# A step and a reward: normalisation and pools go by the filters, products by their
# square; the update by the weights. What has no layer are stem, head and reductions.
OF_IMAGES: tuple[Term, ...] = (
    (),
    (LAYERS,),
    (BATCH, LAYERS, FILTERS),
    (BATCH, LAYERS, FILTERS, FILTERS),
    (BATCH, FILTERS, FILTERS),
    (LAYERS, FILTERS, FILTERS),
)
# The cell, the product with the words, their softmax, and the update: there are weights
# for each pair of layers.
OF_TEXTS: tuple[Term, ...] = (
    (),
    (LAYERS,),
    (BATCH, LAYERS, UNITS, UNITS),
    (BATCH, UNITS, WORDS),
    (BATCH, WORDS),
    (LAYERS, LAYERS, UNITS, UNITS),
)
# Memory: maps are kept for the gradient, weights have velocities and gradients.
MEMORY_OF_IMAGES: tuple[Term, ...] = (
    (),
    (LAYERS,),
    (BATCH, LAYERS, FILTERS),
    (LAYERS, FILTERS, FILTERS),
)
MEMORY_OF_TEXTS: tuple[Term, ...] = (
    (),
    (LAYERS,),
    (BATCH, LAYERS, UNITS),
    (BATCH, WORDS),
    (UNITS, WORDS),
    (LAYERS, LAYERS, UNITS, UNITS),
)


class Model(NamedTuple):
    """A sum of terms.

    Attributes:
      weights: of each term, at least 0; seconds or megabytes by what is multiplied.
    """

    weights: Mapping[Term, float]

    def at(self, sizes: Sizes) -> float:
        """The figure at some sizes."""
        return sum(weight * _size(term, sizes) for term, weight in self.weights.items())


class Errors(NamedTuple):
    """How far a model is from points: median and worst of |model / measured - 1|."""

    median: float
    worst: float


def terms(sizes: Sizes, name: str) -> tuple[Term, ...]:
    """Those of the figure of this name of a child with such sizes."""
    is_text = WORDS in sizes
    if name == "peak_mb":
        return MEMORY_OF_TEXTS if is_text else MEMORY_OF_IMAGES
    return OF_TEXTS if is_text else OF_IMAGES


def fit(points: Sequence[Point], name: str, of: Sequence[Term] = ()) -> Model:
    """The model of a figure that has the least squares of relative errors.

    Args:
      points: of one space.
      name: of the figure, such as step_s.
      of: the terms; by default those that `terms` says.
    """
    own = tuple(of) or terms(points[0].sizes, name)
    measured = np.array([point.values[name] for point in points])
    rows = np.array([[_size(term, p.sizes) for term in own] for p in points], float)
    rows /= measured[:, np.newaxis]
    # Terms differ by many orders of magnitude: each column of length one.
    lengths = np.linalg.norm(rows, axis=0)
    found, _ = optimize.nnls(rows / lengths, np.ones(len(points)))
    return Model(dict(zip(own, (found / lengths).tolist(), strict=True)))


def errors(model: Model, points: Sequence[Point], name: str) -> Errors:
    """Of the model at these points."""
    found = [abs(model.at(p.sizes) / p.values[name] - 1) for p in points]
    return Errors(statistics.median(found), max(found))


def told(points: Sequence[Point], name: str) -> dict[str, float]:
    """The errors of a figure's model, which is fitted to all points but the last.

    Returns:
      median_error and worst_error of the points it was fitted to; foreseen_error of the
      last one, which is the check of `measure.planned`.
    """
    *seen, unseen = points
    model = fit(seen, name)
    known = errors(model, seen, name)
    return dict(
        median_error=known.median,
        worst_error=known.worst,
        foreseen_error=errors(model, [unseen], name).worst,
    )


def _size(term: Term, sizes: Sizes) -> float:
    return float(np.prod([sizes[size] for size in term]))
