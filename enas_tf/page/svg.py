"""Small charts as SVG: lines, points, intervals.

They have the page's colours by classes, so that they are light and dark with it. Ticks
are matplotlib's.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from matplotlib import ticker

from enas_tf.page import markup
from enas_tf.page.markup import Html

WIDTH, HEIGHT = 380, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 24, 42
_TICKS = 5
_WIDE = 8  # a ratio from which on 1, 2, 5, 10, ... are enough ticks
_LARGE = 10_000  # from here on numbers are written 12k


class Axis(NamedTuple):
    """From values to places on the sheet.

    Attributes:
      low: the smallest value; `high` the largest.
      begin: where `low` is; `end` where `high` is.
      is_log: whether equal ways are equal ratios.
    """

    low: float
    high: float
    begin: float
    end: float
    is_log: bool = False

    def at(self, value: float) -> float:
        """The place of `value`."""
        low, high, here = (
            math.log(x) if self.is_log else x for x in (self.low, self.high, value)
        )
        return self.begin + (here - low) / (high - low) * (self.end - self.begin)

    def ticks(self) -> list[float]:
        """Round numbers from `low` to `high`."""
        if self.is_log and self.high > _WIDE * self.low:
            decades = range(
                math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1
            )
            found = [m * 10.0**k for k in decades for m in (1, 2, 5)]
        else:
            found = list(_locator().tick_values(self.low, self.high))
        return [value for value in found if self.low <= value <= self.high]


def across(values: Iterable[float], *, is_log: bool = False) -> Axis:
    """The axis from the left to the right with room for `values`."""
    return _axis(values, _LEFT, WIDTH - _RIGHT, is_log=is_log)


def upwards(values: Iterable[float]) -> Axis:
    """The axis from the bottom to the top."""
    return _axis(values, HEIGHT - _BOTTOM, _TOP, is_log=False)


def chart(
    x: Axis, y: Axis, *shapes: object, words: tuple[str, str], title: str
) -> Html:
    """A sheet with two axes, `words` below and beside them, and shapes; see zoom.py."""
    bottom, left = HEIGHT - _BOTTOM, _LEFT
    across, up = [], []
    for value in x.ticks():
        place = _short(x.at(value))
        across.append(_line(place, bottom, place, bottom + 4, "axis"))
        across.append(_text(place, bottom + 16, short(value), "middle"))
    for value in y.ticks():
        place = _short(y.at(value))
        up.append(_line(left, place, WIDTH - _RIGHT, place, "grid"))
        up.append(_text(left - 6, float(place) + 4, short(value), "end"))
    return sheet(
        markup.element("g", *across, class_="x"),
        markup.element("g", *up, class_="y"),
        _line(left, bottom, WIDTH - _RIGHT, bottom, "axis"),
        _text((left + WIDTH) / 2, HEIGHT - 6, words[0], "middle"),
        _text(2, 12, words[1], "start") if words[1] else Html(""),
        markup.element("g", *shapes, class_="plot"),
        title=title,
        data_x=_told(x),
        data_y=_told(y),
    )


def sheet(
    *shapes: object, title: str, height: float = HEIGHT, **attributes: object
) -> Html:
    """A picture of `WIDTH` x `height`, which is as wide as the page lets it be."""
    return markup.element(
        "svg",
        markup.element("title", title),
        *shapes,
        viewBox=f"0 0 {WIDTH} {_short(height)}",
        width=WIDTH,
        height=_short(height),
        role="img",
        **attributes,
    )


def path(points: Sequence[tuple[float, float]], class_: str) -> Html:
    """A line through places on the sheet."""
    words = "L".join(f"{_short(x)} {_short(y)}" for x, y in points)
    return markup.element("path", d=f"M{words}", class_=class_)


def dot(x: float, y: float, class_: str, *, title: str = "", size: float = 3) -> Html:
    """A point; `title` is shown where the mouse is on it."""
    inner = [markup.element("title", title)] if title else []
    return markup.element(
        "circle", *inner, cx=_short(x), cy=_short(y), r=size, class_=class_
    )


def ring(x: float, y: float, class_: str, *, title: str, size: float) -> Html:
    """A circle around a point."""
    return dot(x, y, f"{class_} ring", title=title, size=size)


def level(x: Axis, place: float) -> Html:
    """A dashed line from the left to the right."""
    return _line(x.begin, place, x.end, place, "level")


def upright(x: float, top: float, bottom: float) -> Html:
    """A dashed line from the top to the bottom."""
    return _line(x, top, x, bottom, "level")


def label(x: float, y: float, words: str, *, anchor: str = "start") -> Html:
    """Words on the sheet."""
    return _text(x, y, words, anchor)


def short(value: float) -> str:
    """A number in few letters: 0.25, 40, 12k, 3.5M."""
    if abs(value) >= _LARGE:
        return ticker.EngFormatter(sep="").format_eng(value)
    return f"{value:.6g}"


def _axis(values: Iterable[float], begin: float, end: float, *, is_log: bool) -> Axis:
    found = [value for value in values if math.isfinite(value)]
    low, high = min(found), max(found)
    if is_log:
        room = max((high / low) ** 0.05, 1.02)
        return Axis(low / room, high * room, begin, end, is_log=True)
    # Where all are equal there is yet to be a scale.
    room = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
    return Axis(low - room, high + room, begin, end)


def _told(axis: Axis) -> str:
    """As the script of zoom.py reads it."""
    ends = (axis.low, axis.high, axis.begin, axis.end)
    return " ".join([*(f"{float(value):.9g}" for value in ends), str(int(axis.is_log))])


def _locator() -> ticker.MaxNLocator:
    return ticker.MaxNLocator(nbins=_TICKS, steps=[1, 2, 2.5, 5, 10])


def _line(x1: object, y1: object, x2: object, y2: object, class_: str) -> Html:
    return markup.element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def _text(x: object, y: float, words: str, anchor: str) -> Html:
    return markup.element(
        "text",
        words,
        x=x,
        y=_short(y),
        text_anchor=None if anchor == "start" else anchor,
    )


def _short(place: float) -> str:
    return f"{place:.1f}".removesuffix(".0")
