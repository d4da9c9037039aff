"""What a search saw: a measure against a cost, and the front that nothing beats."""

from typing import NamedTuple

import numpy as np
from matplotlib import figure as figure_lib
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

_SIZE = (7.5, 5.0)
_HUES = "viridis"
_FRONT, _TARGET = "#c2185b", "#666666"


class Seen(NamedTuple):
    """N arcs.

    Attributes:
      costs: [N].
      measured: [N], as displayed.
      updates: [N], in which each was seen last.
      front: [M] numbers of those on the front, by rising cost.
      cost: what `costs` are, in words.
      measure: what `measured` are, in words.
      target: of the costs; None where there is none.
    """

    costs: np.ndarray
    measured: np.ndarray
    updates: np.ndarray
    front: np.ndarray
    cost: str
    measure: str
    target: float | None = None


def draw(seen: Seen) -> figure_lib.Figure:
    """A Figure of what was seen."""
    figure = figure_lib.Figure(figsize=_SIZE, layout="constrained")
    axes = figure.add_subplot()
    points = axes.scatter(
        seen.costs,
        seen.measured,
        c=seen.updates,
        cmap=_HUES,
        s=14,
        alpha=0.6,
        linewidths=0,
    )
    _front(axes, seen)
    if seen.target is not None:
        words = f"target {_number(seen.target)}"
        axes.axvline(seen.target, color=_TARGET, linestyle="--", label=words)
    axes.set_xlabel(seen.cost)
    axes.set_ylabel(seen.measure)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _number(x)))
    axes.set_title(f"{len(seen.costs):,} arcs that were rewarded", fontsize=11)
    axes.grid(alpha=0.25)
    axes.legend(loc="best", fontsize=8)
    figure.colorbar(points, ax=axes, label="controller update", pad=0.01)
    return figure


def _front(axes: Axes, seen: Seen) -> None:
    costs, measured = seen.costs[seen.front], seen.measured[seen.front]
    axes.step(costs, measured, where="post", color=_FRONT, linewidth=1.2, zorder=3)
    axes.scatter(
        costs,
        measured,
        s=34,
        facecolors="white",
        edgecolors=_FRONT,
        linewidths=1.4,
        zorder=4,
        label=f"the front, {len(costs)} arcs",
    )


def _number(value: float) -> str:
    """Short: `1.2M`, `350k`, `0.75`."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"
