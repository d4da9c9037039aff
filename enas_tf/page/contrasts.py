"""The policy beside random arcs, those of its sizes and the largest ones."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from enas_tf.page import markup, svg
from enas_tf.page.found import Found
from enas_tf.page.markup import Html
from enas_tf.run.measures import Measure

BETTER, WORSE, UNCLEAR = "better", "worse", "unclear"
_ROW = 36  # the height of an interval, in the sheet's units


class Contrast(NamedTuple):
    """The policy beside other arcs, as it is displayed.

    Attributes:
      others: which, in words.
      mean: of the others.
      value: the difference or the ratio.
      low: of its 95 % interval.
      high: of its 95 % interval.
      none: the value that stands for no difference.
      sign: 1 if more is better, -1 if less is.
    """

    others: str
    mean: float
    value: float
    low: float
    high: float
    none: float
    sign: int

    @property
    def says(self) -> str:
        """`BETTER`, `WORSE` or `UNCLEAR`: where the whole interval lies."""
        if self.low <= self.none <= self.high:
            return UNCLEAR
        return BETTER if (self.low > self.none) == (self.sign > 0) else WORSE


def of_run(found: Found) -> list[Contrast]:
    """All that deriving compared the policy with, under the search's weights."""
    measure, facts = found.measure, found.facts("derive")
    if measure is None:
        return []
    size = found.fact("derive", "size", dict) or {}
    rows = [
        _contrast("random arcs", facts, "random", measure.over_random, measure),
        _contrast("random arcs of its sizes", size, "matched", "over_matched", measure),
        _contrast("the largest random arcs", size, "largest", "over_largest", measure),
    ]
    return [row for row in rows if row]


def section(found: Found) -> Html | None:
    """The table of them; None where there was no deriving."""
    told, measure = of_run(found), found.measure
    if not told or measure is None:
        return None
    mean = found.facts("derive")[f"policy_{measure.name}"]
    rows: list[Sequence[object]] = [["the policy", _figure(mean, measure), "", "", ""]]
    for one in told:
        interval = f"{one.low:.4f} to {one.high:.4f}"
        mean, value = _figure(one.mean, measure), f"{one.value:.4f}"
        rows.append([one.others, mean, value, interval, f"{one.says}"])
    head = ["arcs", measure.name, measure.contrast, "95 % interval", "the policy is"]
    sentences = found.fact("derive", "more_in_words", list) or []
    note = (
        f"All under the shared weights of the search; {measure.direction}. An interval "
        "is over other arcs and other examples, not over other searches."
    )
    table = markup.table(head, rows)
    return markup.join([table, markup.paragraphs([note, *sentences])])


def forest(told: Sequence[Contrast], *, title: str, note: str) -> Html:
    """The intervals below each other, with a line where there is no difference.

    Args:
      told: whose `others` stands above each interval; of none there is no picture.
      title: of the picture.
      note: below it.
    """
    if not told:
        return Html("")
    none = told[0].none
    x = svg.across([none, *(end for one in told for end in (one.low, one.high))])
    height = _ROW * len(told)
    shapes = []
    for number, one in enumerate(told):
        y = _ROW * number + 26
        words = f"{one.value:.4f} ({one.low:.4f} to {one.high:.4f})"
        shapes.append(svg.label(2, y - 12, one.others))
        shapes.append(svg.label(svg.WIDTH - 2, y - 12, one.says, anchor="end"))
        shapes.append(svg.upright(x.at(none), y - 8, y + 8))
        shapes.append(svg.path([(x.at(one.low), y), (x.at(one.high), y)], one.says))
        shapes.append(svg.dot(x.at(one.value), y, one.says, title=words, size=5))
    for value in x.ticks():
        place, words = x.at(value), svg.short(value)
        shapes.append(svg.label(place, height + 15, words, anchor="middle"))
    picture = svg.sheet(*shapes, title=title, height=height + 20)
    caption = markup.element("figcaption", f"{title}. {note}")
    return markup.element("figure", picture, caption, class_="forest")


def of_policy(told: Sequence[Contrast]) -> Html:
    """The same of the policy of a run."""
    name = "ratio" if told and told[0].none else "difference"
    rows = [one._replace(others=f"against {one.others}") for one in told]
    title = f"{name.capitalize()} between the policy and others, 95 % intervals"
    return forest(rows, title=title, note="Dashed: no difference.")


def _contrast(
    others: str, facts: Mapping[str, float], group: str, key: str, measure: Measure
) -> Contrast | None:
    if key not in facts:
        return None
    low, high = sorted((facts[f"{key}_low"], facts[f"{key}_high"]))
    none = 0.0 if measure.contrast == "difference" else 1.0
    mean = facts[f"{group}_{measure.name}"]
    return Contrast(others, mean, facts[key], low, high, none, measure.sign)


def _figure(value: float, measure: Measure) -> str:
    return f"{value:.{measure.places}f}"
