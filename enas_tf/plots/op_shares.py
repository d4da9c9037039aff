"""The ops of a policy over a search, from its metrics.jsonl: a map for each decision.

Columns are controller phases, rows the choices, colour is how often the policy takes
them. The share of a layer's skips is one more row of its map.
"""

import math
import pathlib

import numpy as np
from matplotlib import cm, colors
from matplotlib import figure as figure_lib
from matplotlib.axes import Axes

from enas_tf.run import report
from enas_tf.run.rows import Row

KIND = "ops"  # of the rows, whose values are named `<map>/<row>`
_COLUMNS = 4
_PANEL_INCHES, _ROW_INCHES, _ROOM_INCHES = 2.8, 0.17, 0.55
_NAMES_INCHES = 1.0  # beside the first map of a line
_LEGEND_INCHES = 0.8
_HUES = "Blues"
_MOST_EPOCHS = 5  # that are written below a map
_POINTS = 8


def draw(metrics_path: pathlib.Path) -> figure_lib.Figure:
    """A Figure of the rows of ops in `metrics_path`."""
    rows = [row for row in report.read_rows(metrics_path) if row["kind"] == KIND]
    maps = maps_of(rows)
    if not maps:
        figure = figure_lib.Figure(figsize=(4, 2))
        figure.text(0.5, 0.5, "no controller phase yet", ha="center")
        return figure
    columns = min(_COLUMNS, len(maps))
    lines = math.ceil(len(maps) / columns)
    longest = max(map(len, maps.values()))
    figure = figure_lib.Figure(
        figsize=(
            columns * _PANEL_INCHES + _NAMES_INCHES,
            lines * (longest * _ROW_INCHES + _ROOM_INCHES) + _LEGEND_INCHES,
        ),
        layout="constrained",
    )
    epochs = [row["step"] for row in rows]
    places = [
        figure.add_subplot(lines, columns, place + 1) for place in range(len(maps))
    ]
    for axes, (title, choices) in zip(places, maps.items(), strict=True):
        _panel(axes, title, choices, epochs)
    figure.supxlabel("epochs, a column for each controller phase", fontsize=_POINTS + 1)
    scale = cm.ScalarMappable(colors.Normalize(0.0, 1.0), _HUES)
    words = "share of the policy's arcs"
    figure.colorbar(scale, ax=places, label=words, aspect=30, pad=0.01)
    return figure


def maps_of(rows: list[Row]) -> dict[str, dict[str, np.ndarray]]:
    """{title of a map: {choice: its shares, [phases]}}; nan where a row lacks one."""
    names = dict.fromkeys(key for row in rows for key in row if "/" in key)
    maps: dict[str, dict[str, np.ndarray]] = {}
    for name in names:
        title, _, choice = name.partition("/")
        shares = [math.nan if row.get(name) is None else row[name] for row in rows]
        maps.setdefault(title, {})[choice] = np.array(shares)
    return maps


def _panel(
    axes: Axes, title: str, choices: dict[str, np.ndarray], epochs: list[int]
) -> None:
    shares = np.stack(list(choices.values()))
    axes.imshow(
        shares, cmap=_HUES, vmin=0.0, vmax=1.0, aspect="auto", interpolation="nearest"
    )
    axes.set_title(title, fontsize=_POINTS + 1, parse_math=False)
    axes.set_yticks(range(len(choices)), list(choices), fontsize=_POINTS - 1)
    count = len(epochs)
    shown = sorted(
        {round(x) for x in np.linspace(0, count - 1, min(count, _MOST_EPOCHS))}
    )
    axes.set_xticks(shown, [str(epochs[i]) for i in shown], fontsize=_POINTS - 1)
