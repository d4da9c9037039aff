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

from enas_tf.run import rows as rows_lib
from enas_tf.run.rows import Row

# {title of a map: {choice: its shares, [phases]}}.
Maps = dict[str, dict[str, np.ndarray]]

KIND = "ops"  # of the rows, whose values are named `<map>/<row>`
_COLUMNS = 4
_HUES = "Blues"
_MOST_EPOCHS = 5  # that are written below a map
_POINTS = 8
# Inches. Set by hand: matplotlib's own layout takes as long as all the rest.
_MAP, _ROW = 2.0, 0.2  # width of a map, height of its rows
_LETTER, _TICK = 0.065, 0.2  # of a name beside a map
_BETWEEN, _HEAD, _FOOT, _LEGEND, _BAR = 0.5, 0.3, 0.5, 0.9, 0.15


def draw(metrics_path: pathlib.Path) -> figure_lib.Figure:
    """A Figure of the rows of ops in `metrics_path`."""
    rows = [row for row in rows_lib.of_run(metrics_path) if row["kind"] == KIND]
    maps = maps_of(rows)
    if not maps:
        figure = figure_lib.Figure(figsize=(4, 2))
        figure.text(0.5, 0.5, "no controller phase yet", ha="center")
        return figure
    figure, places, legend = _sheet(maps)
    epochs = [row["step"] for row in rows]
    for axes, (title, choices) in zip(places, maps.items(), strict=True):
        _panel(axes, title, choices, epochs)
    scale = cm.ScalarMappable(colors.Normalize(0.0, 1.0), _HUES)
    figure.colorbar(scale, cax=legend, label="share of the policy's arcs")
    words = "epoch of each controller phase"
    figure.supxlabel(words, fontsize=_POINTS + 1, y=0.08 / figure.get_figheight())
    return figure


def _sheet(maps: Maps) -> tuple[figure_lib.Figure, list[Axes], Axes]:
    """A sheet with room for each of the maps, and for a colour bar."""
    columns = min(_COLUMNS, len(maps))
    lines = math.ceil(len(maps) / columns)
    body = _ROW * max(map(len, maps.values()))
    names = _TICK + _LETTER * max(len(name) for one in maps.values() for name in one)
    width = columns * (_MAP + names) + _LEGEND
    height = _HEAD + lines * (body + _BETWEEN) - _BETWEEN + _FOOT
    figure = figure_lib.Figure(figsize=(width, height))
    bottom, top = _FOOT / height, 1 - _HEAD / height
    right = 1 - _LEGEND / width
    grid = figure.add_gridspec(
        lines,
        columns,
        **dict(left=names / width, right=right, bottom=bottom, top=top),
        **dict(wspace=names / _MAP, hspace=_BETWEEN / body),
    )
    places = [grid[divmod(number, columns)] for number in range(len(maps))]
    box = (right + _BAR / width, bottom, _BAR / width, top - bottom)
    return figure, [figure.add_subplot(p) for p in places], figure.add_axes(box)


def maps_of(rows: list[Row]) -> Maps:
    """The maps of `rows`; a share is nan where a row lacks it."""
    names = dict.fromkeys(key for row in rows for key in row if "/" in key)
    maps: Maps = {}
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
    # The place is given, or matplotlib measures everything to find it.
    axes.set_title(title, y=1.0, fontsize=_POINTS + 1, parse_math=False)
    axes.set_yticks(range(len(choices)), list(choices), fontsize=_POINTS - 1)
    count = len(epochs)
    shown = sorted(
        {round(x) for x in np.linspace(0, count - 1, min(count, _MOST_EPOCHS))}
    )
    axes.set_xticks(shown, [str(epochs[i]) for i in shown], fontsize=_POINTS - 1)
