"""The curves of a run, from its metrics.jsonl: a grid with a panel per subject.

A panel whose numbers the file lacks is left out, so the picture of a search, of a
training or of both is drawn alike.
"""

import math
import pathlib
from typing import NamedTuple

import numpy as np
from matplotlib import figure as figure_lib
from matplotlib.axes import Axes
from scipy import ndimage

from enas_tf.run import rows as rows_lib
from enas_tf.run.rows import Row

_COLUMNS = 3
# Inches. Set by hand: matplotlib's own layout takes as long as all the rest.
_PANEL = (3.9, 2.5)  # a panel's axes
_BESIDE, _RIGHT, _ABOVE, _BELOW = 0.95, 0.15, 0.35, 0.55  # what is written around them
MANY = 40  # points of a line, from which its running mean is drawn over it
_WINDOWS = 30  # a running mean goes over one part in so many of its line


class Panel(NamedTuple):
    """A subject.

    Attributes:
      title, y, x: its words.
      values: (kind, name) of the lines; a name that ends with "/" stands for all that
        begin with it, a line each.
    """

    title: str
    y: str
    x: str
    values: tuple[tuple[str, str], ...]


PANELS = (
    Panel("Child: loss", "loss", "step", (("child", "loss"),)),
    Panel("Child: training accuracy", "accuracy", "step", (("child", "accuracy"),)),
    Panel("Child: learning rate", "rate", "step", (("child", "lr"),)),
    Panel("Child: gradient norm", "norm", "step", (("child", "grad_norm"),)),
    Panel(
        "Validation and test",
        "accuracy",
        "epoch",
        (("valid", "accuracy"), ("test", "accuracy")),
    ),
    Panel(
        "Arcs sampled after each phase",
        "validation accuracy",
        "epoch",
        (("sampled", "accuracy_mean"), ("sampled", "accuracy_best")),
    ),
    Panel(
        "Controller: reward",
        "reward (a log-likelihood is below 0)",
        "update",
        (("controller", "baseline"), ("controller", "reward")),
    ),
    Panel(
        "Child: training perplexity", "perplexity", "step", (("child", "perplexity"),)
    ),
    Panel(
        "Validation and test",
        "perplexity (search: of short windows)",
        "epoch",
        (("valid", "perplexity"), ("test", "perplexity")),
    ),
    Panel(
        "Arcs sampled after each phase",
        "validation perplexity",
        "epoch",
        (("sampled", "perplexity_mean"), ("sampled", "perplexity_best")),
    ),
    Panel("Controller: entropy", "nats", "update", (("controller", "entropy"),)),
    Panel(
        "Controller: skips", "share of skips", "update", (("controller", "skip_rate"),)
    ),
    Panel(
        "Controller: ops",
        "share of ops",
        "update",
        (("controller", "op_frequency/"),),
    ),
    Panel(
        "Controller: ops of the normal cell",
        "share of ops",
        "update",
        (("controller", "op_frequency_normal/"),),
    ),
    Panel(
        "Controller: ops of the reduction cell",
        "share of ops",
        "update",
        (("controller", "op_frequency_reduce/"),),
    ),
    Panel(
        "Controller: loose ends",
        "loose ends of a cell",
        "update",
        (
            ("controller", "loose_ends"),
            ("controller", "loose_ends_normal"),
            ("controller", "loose_ends_reduce"),
        ),
    ),
    Panel(
        "Rewards: signal", "share of variance", "epoch", (("policy", "signal_share"),)
    ),
    Panel(
        "Policy: distances",
        "nats",
        "epoch",
        (("policy", "divergence_from_uniform"), ("policy", "moved")),
    ),
    Panel("Policy: different arcs", "of 100", "epoch", (("policy", "unique_arcs"),)),
    Panel(
        "Policy: ops without weights",
        "share of ops",
        "epoch",
        (("policy", "weightless_share"),),
    ),
    Panel(
        "Policy: size of its arcs",
        "parameters (geometric mean)",
        "epoch",
        (("policy", "policy_parameters"),),
    ),
)


class Line(NamedTuple):
    """A curve: `steps` and `values`, [n] each, finite."""

    label: str
    steps: np.ndarray
    values: np.ndarray


def draw(metrics_path: pathlib.Path) -> figure_lib.Figure:
    """A Figure of the rows in `metrics_path`."""
    rows = rows_lib.of_run(metrics_path)
    panels = [(panel, lines_of(panel, rows)) for panel in PANELS]
    panels = [(panel, lines) for panel, lines in panels if lines]
    figure, places = _sheet(len(panels))
    if not panels:
        figure.text(0.5, 0.5, "no metrics yet", ha="center")
    for axes, (panel, lines) in zip(places, panels, strict=True):
        _panel(axes, panel, lines)
    return figure


def _sheet(count: int) -> tuple[figure_lib.Figure, list[Axes]]:
    """A sheet with room for `count` panels and what is written around each."""
    columns = min(_COLUMNS, max(1, count))
    lines = max(1, math.ceil(count / columns))
    gaps = _BESIDE + _RIGHT, _ABOVE + _BELOW
    width = columns * (_PANEL[0] + gaps[0])
    height = lines * (_PANEL[1] + gaps[1])
    figure = figure_lib.Figure(figsize=(width, height))
    grid = figure.add_gridspec(
        lines,
        columns,
        **dict(left=_BESIDE / width, right=1 - _RIGHT / width),
        **dict(bottom=_BELOW / height, top=1 - _ABOVE / height),
        **dict(wspace=gaps[0] / _PANEL[0], hspace=gaps[1] / _PANEL[1]),
    )
    places = [grid[divmod(number, columns)] for number in range(count)]
    return figure, [figure.add_subplot(place) for place in places]


def lines_of(panel: Panel, rows: list[Row]) -> list[Line]:
    """The lines of `panel`, one per stage, kind and name that `rows` have."""
    kinds = {kind for kind, _ in panel.values}
    stages = list(dict.fromkeys(row["stage"] for row in rows if row["kind"] in kinds))
    lines = []
    for stage in stages:
        for kind, wanted in panel.values:
            own = [row for row in rows if (row["stage"], row["kind"]) == (stage, kind)]
            for name in _names(own, wanted):
                words = _label(kind, name, panel)
                label = f"{stage}: {words}" if len(stages) > 1 else words
                lines += _line(label, own, name)
    return lines


def running_mean(values: np.ndarray) -> np.ndarray:
    """`values` [n], each averaged with those around it."""
    window = max(1, len(values) // _WINDOWS)
    return ndimage.uniform_filter1d(values, window, mode="nearest")


def _names(rows: list[Row], wanted: str) -> list[str]:
    """The keys of `rows` that `wanted` stands for, in order of appearance."""
    if not wanted.endswith("/"):
        return [wanted]
    found = dict.fromkeys(key for row in rows for key in row)
    return [key for key in found if key.startswith(wanted)]


def _label(kind: str, name: str, panel: Panel) -> str:
    """The name of a line among the others of its panel."""
    if "/" in name:
        return name.partition("/")[2]
    names = {name for _, name in panel.values}
    words = kind if len(panel.values) > 1 and len(names) == 1 else name
    return words.replace("_", " ")


def _line(label: str, rows: list[Row], name: str) -> list[Line]:
    """One line, or none where no row has a number under `name`."""
    points = [(row["step"], row[name]) for row in rows if row.get(name) is not None]
    if not points:
        return []
    steps, values = np.asarray(points, np.float64).T
    return [Line(label, steps, values)]


def _panel(axes: Axes, panel: Panel, lines: list[Line]) -> None:
    for line in lines:
        few = len(line.values) < MANY
        shown = line.values if few else running_mean(line.values)
        marker = "." if few else ""
        (drawn,) = axes.plot(line.steps, shown, marker=marker, label=line.label)
        if not few:
            axes.plot(
                line.steps,
                line.values,
                color=drawn.get_color(),
                alpha=0.25,
                linewidth=0.7,
                zorder=1,
            )
    axes.set_title(panel.title, y=1.0)  # where it is anyway; else all is measured
    axes.ticklabel_format(useOffset=False)  # 7.4546, not 1e-5 + 7.4546
    axes.set_xlabel(panel.x)
    axes.set_ylabel(panel.y)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
