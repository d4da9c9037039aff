"""A scatter of score against size, in groups, with the front that none beats."""

import collections
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from enas_tf.page import markup, svg
from enas_tf.page.markup import Html

_DOT, _APART = 3.5, 3.0  # radius of a dot, and by how much a ring is larger
_RINGS = " A ring around a point is another group at the same place."
_MOST = 400  # points of a group, beyond which some are left out
COLOURS = 8  # that the page has, classes c0, c1, ...


class Point(NamedTuple):
    """An arc: its size, its score, and what is said where the mouse is on it."""

    size: float
    score: float
    words: str


def figure(
    groups: Mapping[str, Sequence[Point]],
    *,
    sign: int,
    words: tuple[str, str],
    note: str,
) -> Html | None:
    """The picture; None where all have one size, and there is nothing to weigh up.

    Args:
      groups: by their names in the key.
      sign: 1 if a larger score is better, -1 if a smaller one is.
      words: below and beside the axes.
      note: below the picture, behind what the marks mean.
    """
    points = [point for group in groups.values() for point in group if point.size > 0]
    if len({point.size for point in points}) < 2:
        return None
    x = svg.across((point.size for point in points), is_log=True)
    y = svg.upwards(point.score for point in points)
    best = front([point[:2] for point in points], sign)
    joined = [svg.path([(x.at(a), y.at(b)) for a, b in best], "front")]
    shapes = [*(joined if len(best) > 1 else []), *_marks(groups, x, y)]
    key = [
        markup.element("span", markup.element("i", class_=f"{_colour(n)} dot"), name)
        for n, name in enumerate(groups)
    ]
    told = [f"The line joins those that no other one beats. {note}", note]
    caption = told[len(best) < 2] + (_RINGS if any("ring" in s for s in shapes) else "")
    title = f"{words[1]} of each arc against {words[0]}"
    return markup.element(
        "figure",
        svg.chart(x, y, *shapes, words=words, title=title),
        markup.element("p", *key, class_="key"),
        markup.element("figcaption", caption),
        class_="large",
    )


def _marks(
    groups: Mapping[str, Sequence[Point]], x: svg.Axis, y: svg.Axis
) -> Iterator[Html]:
    """A dot a point; of groups at one place each further one is a ring around it."""
    taken: collections.Counter[tuple[float, float]] = collections.Counter()
    for number, group in enumerate(groups.values()):
        places: dict[tuple[float, float], list[str]] = {}
        for point in group[:: len(group) // _MOST + 1]:
            if point.size > 0:
                place = round(x.at(point.size), 1), round(y.at(point.score), 1)
                places.setdefault(place, []).append(point.words)
        for place, told in places.items():
            size = _DOT + _APART * taken[place]
            draw = svg.ring if taken[place] else svg.dot
            yield draw(*place, _colour(number), title=_told(told), size=size)
        taken.update(places.keys())


def _told(words: Sequence[str]) -> str:
    """What is said of the points of a group at one place."""
    counts = collections.Counter(words)
    return "\n".join(f"{w} ({n} times)" if n > 1 else w for w, n in counts.items())


def front(
    points: Sequence[tuple[float, float]], sign: int
) -> list[tuple[float, float]]:
    """The points (size, score) that no other one beats, by size.

    One beats another that is not smaller and not better, if it is not equal to it.

    Args:
      points: in any order.
      sign: 1 if a larger score is better, -1 if a smaller one is.
    """
    best: list[tuple[float, float]] = []
    for size, score in sorted(points, key=lambda p: (p[0], -sign * p[1])):
        if not best or sign * score > sign * best[-1][1]:
            best.append((size, score))
    return best


def _colour(number: int) -> str:
    return f"c{number % COLOURS}"
