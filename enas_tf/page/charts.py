"""The curves of a run: those that one looks at first, then all the others."""

from collections.abc import Sequence

import numpy as np

from enas_tf.page import markup, scatter, svg, zoom
from enas_tf.page.found import Found
from enas_tf.page.markup import Html
from enas_tf.plots import curves
from enas_tf.plots.curves import Line, Panel

_MOST = 400  # points of a line that are drawn
_OF_SHOWN = ("mean", "best")  # of ten arcs that are drawn after each phase
_FEW = 2  # lines of a panel, up to which the single values are drawn as well


def section(found: Found) -> Html | None:
    """The curves; None where there is no row of any."""
    first = [figure for panel in _first(found) if (figure := _figure(found, panel))]
    others = [figure for p in curves.PANELS if (figure := _figure(found, p))]
    if not others:
        return None
    shown = markup.element("div", *first, class_="grid four")
    more = markup.element("div", *others, class_="grid")
    folded = markup.folded(f"All {len(others)} curves", more)
    return markup.join([shown, zoom.hint(), folded])


def _first(found: Found) -> list[Panel]:
    """Loss, measure, reward against random, entropy; of a training the first two."""
    measure = found.measure
    name = measure.name if measure else "accuracy"
    return [
        Panel("Loss of the network", "loss", "step", (("child", "loss"),)),
        Panel(
            f"Validation {name}",
            name,
            "epoch",
            (("valid", name), ("sampled", f"{name}_best")),
        ),
        Panel(
            f"What arcs of the policy are paid for: {name}",
            name,
            "update",
            (("controller", name),),
        ),
        Panel("Entropy of the policy", "nats", "update", (("controller", "entropy"),)),
    ]


def _figure(found: Found, panel: Panel) -> Html | None:
    lines = [_renamed(line) for line in curves.lines_of(panel, list(found.rows))]
    if not lines:
        return None
    random = _random(found) if panel.values[0][0] == "controller" else {}
    level = random.get(panel.values[0][1])
    title = markup.element("figcaption", panel.title)
    names = [*(line.label for line in lines), *(["random arcs"] if level else [])]
    key = _key(names, dashed=bool(level)) if len(names) > 1 else ""
    return markup.element("figure", title, _chart(panel, lines, level), key)


def _renamed(line: Line) -> Line:
    """In words that say of which arcs a mean or a best one is."""
    for end in _OF_SHOWN:
        if line.label.endswith(f" {end}"):
            return line._replace(label=f"{line.label}, of the arcs shown")
    return line


def _random(found: Found) -> dict[str, float | None]:
    """What random arcs have when the search is over, by the name of the figure."""
    measure = found.measure
    if measure is None:
        return {}
    value = found.fact("derive", f"random_{measure.name}", float)
    return {measure.name: value}


def _chart(panel: Panel, lines: Sequence[Line], level: float | None) -> Html:
    values = [value for line in lines for value in line.values]
    x = svg.across(step for line in lines for step in line.steps)
    y = svg.upwards([*values, *([level] if level else [])])
    shapes = [] if level is None else [svg.level(x, y.at(level))]
    for number, line in enumerate(lines):
        colour = f"c{number % scatter.COLOURS}"
        if len(lines) <= _FEW and len(line.values) > curves.MANY:
            shapes.append(_drawn(line.steps, line.values, x, y, f"{colour} pale"))
        shapes += _line(line, x, y, colour)
    return svg.chart(x, y, *shapes, words=(panel.x, panel.y), title=panel.title)


def _line(line: Line, x: svg.Axis, y: svg.Axis, colour: str) -> list[Html]:
    if len(line.values) > curves.MANY:
        mean = curves.running_mean(line.values)
        return [_drawn(line.steps, mean, x, y, colour)]
    dots = [
        svg.dot(x.at(a), y.at(b), colour, title=f"{a:g}: {b:.4g}", size=2.5)
        for a, b in zip(line.steps, line.values, strict=True)
    ]
    return [_drawn(line.steps, line.values, x, y, colour), *dots]


def _drawn(
    steps: np.ndarray, values: np.ndarray, x: svg.Axis, y: svg.Axis, class_: str
) -> Html:
    """A line of at most so many points, the last one among them."""
    count = min(_MOST, len(values))
    places = np.linspace(0, len(values) - 1, count).round().astype(int)
    return svg.path([(x.at(steps[i]), y.at(values[i])) for i in places], class_)


def _key(names: Sequence[str], *, dashed: bool) -> Html:
    """The names of the lines, each beside its colour."""
    kinds = [f"c{number % scatter.COLOURS}" for number in range(len(names))]
    if dashed:
        kinds[-1] = "dashed"
    words = [
        markup.element("span", markup.element("i", class_=kind), name)
        for kind, name in zip(kinds, names, strict=True)
    ]
    return markup.element("p", *words, class_="key")
