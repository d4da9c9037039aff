"""An arc's picture with a number at each decision: what changing it does.

A badge has the mean change, with its sign, and a colour that says the same. A space
whose picture says nowhere where its decisions stand has a bar for each in its place.
"""

import functools
import textwrap
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from matplotlib import colormaps, colors
from matplotlib import figure as figure_lib
from matplotlib.cm import ScalarMappable

from enas_tf.plots import macro, micro, pen, rnn
from enas_tf.spaces.base import SearchSpace
from enas_tf.spaces.macro import MacroArc
from enas_tf.spaces.micro import MicroArc
from enas_tf.spaces.rnn import RnnArc

HUNDREDTHS = 100  # of a score are what a badge counts
_MAP = colormaps["PuOr"]  # orange and purple: told apart by all eyes
_MARGIN, _LINE, _LETTER = 0.3, 0.26, 0.085  # inches, of the legend's lines
_POINTS = 10.5
_BAR = (2.6, 0.2)  # inches
_MEANING = "Mean change of the score if this one decision is changed, in {}."
_READING = (
    "Below 0: changing it costs, on average. Above 0: another choice did better.",
    "A decision without a number was not changed. With few trainings much is noise.",
)
_LETTERS = 0.27  # height of a badge's, in rows
_ROW = 0.3  # inches of a bar
_WIDTH = 9.0  # inches of the bars


class Decisions(NamedTuple):
    """What is shown.

    Attributes:
      gains: place of a token to the mean change of the score; those that were not
        changed are left out.
      title: above the picture.
      unit: what a hundredth of a score is, in words.
    """

    gains: Mapping[int, float]
    title: str
    unit: str


def draw(
    figure: figure_lib.Figure, space: SearchSpace[Any], arc: object, shown: Decisions
) -> figure_lib.Figure:
    """The picture of `arc` in `figure` with a badge at each decision of `shown`.

    Args:
      figure: as the space draws the arc below `shown.title`; it is drawn on.
      space: of the arc.
      arc: its entries are ints.
      shown: at least one decision.

    Returns:
      `figure`, or another one with a bar for each decision.
    """
    limit = max(map(abs, shown.gains.values()), default=0.0) * HUNDREDTHS or 1.0
    scale = colors.Normalize(-limit, limit)
    places = places_of(arc, space, shown.title)
    if not places:
        return _bars(space, shown, scale)
    axes = figure.axes[0]
    low, _ = axes.get_ylim()
    points = _LETTERS * 72 * figure.get_figheight() / abs(low)  # letters per row
    for place, gain in shown.gains.items():
        colour = _MAP(scale(gain * HUNDREDTHS))
        axes.text(
            *places[place],
            text(gain),
            color=_on(colour),
            fontsize=points,
            weight="bold",
            va="center",
            ha="center",
            zorder=20,
            bbox=dict(boxstyle="round,pad=0.18", fc=colour, ec=pen.INK, lw=0.6),
        )
    _legend(figure, scale, shown.unit)
    return figure


def text(gain: float) -> str:
    """A change of a score in hundredths, with its sign: `+1.2`, `0.0`."""
    rounded = round(gain * HUNDREDTHS, 1)
    return f"{rounded:+.1f}".replace("-", "−") if rounded else "0.0"


@functools.singledispatch
def places_of(
    arc: object, space: SearchSpace[Any], title: str
) -> Mapping[int, pen.Point]:
    """Where each token's decision stands on the picture of `arc`, in its rows."""
    del arc, space, title
    return {}


@places_of.register
def _(arc: MacroArc, space: SearchSpace[Any], title: str) -> Mapping[int, pen.Point]:
    del title
    return macro.places(space, arc)


@places_of.register
def _(arc: MicroArc, space: SearchSpace[Any], title: str) -> Mapping[int, pen.Point]:
    return micro.places(space, arc, title)


@places_of.register
def _(arc: RnnArc, space: SearchSpace[Any], title: str) -> Mapping[int, pen.Point]:
    return rnn.places(space, arc, title)


def _legend(figure: figure_lib.Figure, scale: colors.Normalize, unit: str) -> None:
    """A strip below the picture: the colours, and what the numbers mean."""
    width, height = figure.get_size_inches()
    beside = _BAR[0] + 3 * _MARGIN
    letters = int((width - beside - _MARGIN) / _LETTER)
    sentences = [_MEANING.format(unit), *_READING]
    lines = [line for one in sentences for line in textwrap.wrap(one, letters)]
    strip = _LINE * (len(lines) + 1)
    whole = height + strip
    figure.set_size_inches(width, whole)
    figure.axes[0].set_position((0, strip / whole, 1, height / whole))
    size = _BAR[0] / width, _BAR[1] / whole
    bar = figure.add_axes((_MARGIN / width, (strip - 2 * _LINE) / whole, *size))
    figure.colorbar(ScalarMappable(scale, _MAP), cax=bar, orientation="horizontal")
    for number, line in enumerate(lines, start=1):
        y = (strip - _LINE * number) / whole
        figure.text(
            beside / width, y, line, fontsize=_POINTS, color=pen.INK, va="center"
        )


def _bars(
    space: SearchSpace[Any], shown: Decisions, scale: colors.Normalize
) -> figure_lib.Figure:
    """A bar for each decision, in their order."""
    places = sorted(shown.gains)
    height = _ROW * len(places) + 1.5
    figure = figure_lib.Figure(figsize=(_WIDTH, height), layout="constrained")
    axes = figure.add_subplot()
    values = np.array([shown.gains[place] for place in places]) * HUNDREDTHS
    names = [space.token_name(place) for place in places]
    bars = axes.barh(
        names, values, color=_MAP(scale(values)), edgecolor=pen.INK, lw=0.6
    )
    axes.bar_label(bars, [text(shown.gains[place]) for place in places], padding=3)
    axes.axvline(0, color=pen.INK, lw=0.8)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.set_xlabel(f"mean change if this decision is changed, in {shown.unit}")
    axes.set_title(shown.title, fontsize=11, parse_math=False)
    return figure


def _on(colour: tuple[float, ...]) -> str:
    """The colour of letters that are read on `colour`."""
    red, green, blue, *_ = colour
    light = 0.299 * red + 0.587 * green + 0.114 * blue
    return "black" if light > 0.5 else "white"
