"""A score of arcs beside what they came to from scratch: a point an arc.

A line through a point spans its seeds: how much of the height is noise.
"""

from typing import NamedTuple

import numpy as np
from matplotlib import figure as figure_lib

from enas_tf.plots import pen

_SIZE = (5.0, 4.2)  # inches
_POINT, _RING = pen.SOURCE_COLOURS[2], pen.SOURCE_COLOURS[1]


class Points(NamedTuple):
    """What is drawn.

    Attributes:
      across: [n], of each arc.
      up: [S, n], of each seed.
      x: words at the axis.
      y: the same.
      title: a line or more.
      marked: [n], whether an arc has a ring; None: none has.
      legend: what the rings mean.
    """

    across: np.ndarray
    up: np.ndarray
    x: str
    y: str
    title: str
    marked: np.ndarray | None = None
    legend: str = ""


def draw(points: Points) -> figure_lib.Figure:
    """A Figure; an arc whose score is not finite is left out."""
    figure = figure_lib.Figure(figsize=_SIZE, layout="constrained")
    axes = figure.add_subplot()
    there = np.isfinite(points.across)
    across, up = points.across[there], points.up[:, there]
    middle = up.mean(axis=0)
    axes.vlines(across, up.min(axis=0), up.max(axis=0), color=_POINT, alpha=0.35)
    axes.plot(across, middle, "o", color=_POINT, markersize=5)
    if points.marked is not None:
        ringed = points.marked[there]
        axes.plot(
            across[ringed],
            middle[ringed],
            "o",
            label=points.legend,
            markersize=10,
            markerfacecolor="none",
            color=_RING,
        )
        figure.legend(fontsize=8, loc="outside lower right")
    axes.set_xlabel(points.x)
    axes.set_ylabel(points.y)
    axes.set_title(points.title, fontsize=10, parse_math=False)
    axes.ticklabel_format(useOffset=False)
    axes.grid(alpha=0.3)
    return figure
