"""A scatter of score against size, in groups, with the front that none beats."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from enas_tf.page import markup, svg
from enas_tf.page.markup import Html

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
      note: below the picture.
    """
    points = [point for group in groups.values() for point in group if point.size > 0]
    if len({point.size for point in points}) < 2:
        return None
    x = svg.across((point.size for point in points), is_log=True)
    y = svg.upwards(point.score for point in points)
    best = front([point[:2] for point in points], sign)
    shapes = [svg.path([(x.at(a), y.at(b)) for a, b in best], "front")]
    for number, group in enumerate(groups.values()):
        shapes += [
            svg.dot(x.at(p.size), y.at(p.score), _colour(number), title=p.words)
            for p in group[:: len(group) // _MOST + 1]
            if p.size > 0
        ]
    key = [
        markup.element("span", markup.element("i", class_=_colour(number)), name)
        for number, name in enumerate(groups)
    ]
    title = f"{words[1]} of each arc against {words[0]}"
    return markup.element(
        "figure",
        svg.chart(x, y, *shapes, words=words, title=title),
        markup.element("p", *key, class_="key"),
        markup.element("figcaption", note),
        class_="large",
    )


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
