"""How scores rank arcs: each against accuracy from scratch, a point an arc."""

import math
import pathlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from enas_tf.page import kept as kept_lib
from enas_tf.page import markup, svg, zoom
from enas_tf.page.found import Missing
from enas_tf.page.markup import Html
from enas_tf.run.rows import Row

FILES = (kept_lib.SCORES, kept_lib.TAUS)
_NOTE = (
    "A point is an arc: across the score that costs little, upwards the score from "
    "scratch, the mean over seeds; a line through it goes from seed to seed. Tau is "
    "Kendall's: 1 where the order is the same, 0 where it says nothing. It is of one "
    "seed at a time, so the ceiling is one seed against another."
)
_OLDER = (
    f"the charts need {kept_lib.SCORES}, which earlier versions did not keep. The "
    "campaign's command, given again, writes it; no job is done twice."
)


class Ranked(NamedTuple):
    """Arcs by a score.

    Attributes:
      name: of the score.
      across: of each arc; None where it is not finite.
      up: of each seed, of each arc.
      arcs: as they are printed.
    """

    name: str
    across: Sequence[float | None]
    up: Sequence[Sequence[float]]
    arcs: Sequence[str]


def section(folder: pathlib.Path) -> Html | None:
    """A chart for each score; None of a campaign that ranks none.

    Raises:
      Missing: its command was one of a version that did not keep the scores.
    """
    scores, correlations = (folder / name for name in FILES)
    if not scores.is_file():
        if correlations.is_file():
            raise Missing(_OLDER)
        return None
    kept = kept_lib.read(scores)
    taus = kept_lib.read(correlations)["all"]
    trained, arcs = kept["trained"], kept["arcs"]
    figures = []
    for row in taus:
        if row["score"] in kept["scores"]:
            across, up = kept["scores"][row["score"]], trained
        else:  # the ceiling
            across, up = trained[0], trained[1:]
        figures.append(_figure(Ranked(row["score"], across, up, arcs), row["tau"]))
    shown = markup.element("div", *figures, class_="grid")
    return markup.join([markup.element("p", _NOTE), shown, zoom.hint()])


def _figure(one: Ranked, tau: Row) -> Html:
    title = f"{one.name}: tau {_words(tau)}"
    caption = markup.element("figcaption", title)
    return markup.element("figure", caption, _chart(one, title))


def _chart(one: Ranked, title: str) -> Html:
    seeds = np.array(one.up)
    there = [n for n, value in enumerate(one.across) if value is not None]
    if not there:
        return markup.element("p", "It is finite for no arc.", class_="left_out")
    across = [float(value) for value in one.across if value is not None]
    x, y = svg.across(across), svg.upwards(seeds[:, there].ravel().tolist())
    shapes = []
    for n, value in zip(there, across, strict=True):
        place, scores = x.at(value), seeds[:, n]
        ends = [(place, y.at(float(end))) for end in (scores.min(), scores.max())]
        words = f"{value:.4g}, {scores.mean():.4f}: {one.arcs[n]}"
        shapes.append(svg.path(ends, "c0 seeds"))
        shapes.append(svg.dot(place, y.at(float(scores.mean())), "c0", title=words))
    return svg.chart(x, y, *shapes, words=(one.name, "from scratch"), title=title)


def _words(tau: Row) -> str:
    value, low, high = (tau[name] for name in ("value", "low", "high"))
    if value is None or not math.isfinite(value):
        return "not defined"
    if low is None or not math.isfinite(low):
        return f"{value:+.2f}, no interval"
    return f"{value:+.2f} ({low:+.2f} to {high:+.2f})"
