"""The arc of a run as a picture, and the arcs that were scored: a table, a scatter."""

import base64
import io
from collections.abc import Sequence
from typing import Any

from PIL import Image

from enas_tf import plots
from enas_tf.arcs import forms as arc_forms
from enas_tf.config import sections as config_lib
from enas_tf.page import found as found_lib
from enas_tf.page import markup, svg
from enas_tf.page.found import Found, Missing
from enas_tf.page.markup import Html
from enas_tf.run import layout
from enas_tf.run.measures import Measure
from enas_tf.run.rows import Row

GROUPS = {
    "policy": "arcs of the policy",
    "random": "random arcs",
    "matched": "random arcs of the policy's sizes",
}
_SOURCES = {"policy": "policy", "random": "random", "matched": "random, of a size"}
_SHOWN = 10  # rows of the table that are not folded
_LARGEST = 700_000  # bytes of a picture that is put into the page
_HEAD = {
    "source": "drawn by",
    "accuracy": "accuracy",
    "perplexity": "perplexity",
    "log_likelihood": "log likelihood",
    "parameters": "parameters",
    "flops": "FLOPs",
    "arc": "integers",
}


def picture(found: Found) -> Html | None:
    """The derived arc, or the one that was trained; None where there is none yet."""
    stage = "derive" if found.fact("derive", "arc", str) else "train"
    text = found.fact(stage, "arc", str) or found.setting("child_fixed_arc")
    if not text:
        return None
    path = found.path / layout.ARCS / layout.BEST_PICTURE
    content = path.read_bytes() if path.is_file() else _drawn(found, text)
    with Image.open(io.BytesIO(content)) as image:
        image.verify()
        width, height = image.size
    if len(content) > _LARGEST:
        raise Missing(f"The picture of the arc is too large for this page: see {path}.")
    address = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    drawn = markup.element(
        "img", src=address, alt=f"the arc {text}", width=width, height=height
    )
    sheet = markup.element("div", drawn, class_="paper")
    words = markup.element("p", "Its integers: ", markup.element("code", text))
    return markup.join([sheet, words])


def table(found: Found) -> Html | None:
    """The arcs that deriving scored; None where there was no deriving."""
    rows = _rows(found)
    if rows is None:
        return None
    columns = [key for key in _HEAD if any(key in row for row in rows)]
    head = [_HEAD[key] for key in columns]
    lines = [[_cell(key, row.get(key, "")) for key in columns] for row in rows]
    first = markup.table(head, lines[:_SHOWN])
    rest = markup.table(head, lines[_SHOWN:])
    folded = markup.folded(f"{len(rows) - _SHOWN} more", rest)
    return markup.join([first, folded if len(rows) > _SHOWN else ""])


def scatter(found: Found) -> Html | None:
    """Score against parameters, with the arcs that none beats in both."""
    rows, measure = _rows(found), found.measure
    if rows is None or measure is None:
        return None
    known = [row for row in rows if "parameters" in row]
    sizes = [row["parameters"] for row in known]
    if not known or min(sizes) == max(sizes):
        return None  # all have one size: there is nothing to weigh up
    x = svg.across(sizes, is_log=True)
    y = svg.upwards(row[measure.name] for row in known)
    best = front([(r["parameters"], r[measure.name]) for r in known], measure.sign)
    shapes = [svg.path([(x.at(a), y.at(b)) for a, b in best], "front")]
    for number, source in enumerate(GROUPS):
        for row in (one for one in known if one.get("source") == source):
            place = x.at(row["parameters"]), y.at(row[measure.name])
            shapes.append(svg.dot(*place, f"c{number}", title=_said(row, measure)))
    words = ("parameters of the final child", measure.name)
    title = f"{measure.name} of each arc against its parameters"
    key = [
        markup.element("span", markup.element("i", class_=f"c{number}"), name)
        for number, name in enumerate(GROUPS.values())
    ]
    note = (
        "The line joins the arcs that no other one beats in both. Scores are under the "
        f"shared weights; {measure.direction}."
    )
    return markup.element(
        "figure",
        svg.chart(x, y, *shapes, words=words, title=title),
        markup.element("p", *key, class_="key"),
        markup.element("figcaption", note),
        class_="large",
    )


def _said(row: Row, measure: Measure) -> str:
    return f"{row[measure.name]:.4f}, {row['parameters']:,}: {row['arc']}"


def front(
    points: Sequence[tuple[float, float]], sign: int
) -> list[tuple[float, float]]:
    """The points (size, score) that no other beats: as small and better, or smaller
    and as good.

    Args:
      points: in any order.
      sign: 1 if a larger score is better, -1 if a smaller one is.
    """
    best: list[tuple[float, float]] = []
    for size, score in sorted(points, key=lambda p: (p[0], -sign * p[1])):
        if not best or sign * score > sign * best[-1][1]:
            best.append((size, score))
    return best


def _rows(found: Found) -> list[dict[str, Any]] | None:
    if not found.facts("derive").get("arc"):
        return None
    return found_lib.lines(found.path / layout.ARCS / layout.DERIVED)


def _cell(key: str, value: object) -> object:
    if key == "source":
        return _SOURCES.get(str(value), value)
    return markup.element("code", value) if key == "arc" else value


def _drawn(found: Found, text: str) -> bytes:
    """The picture of an arc that has no file, as of a training alone."""
    values = _known(found)
    space, config = (
        values["search_for"],
        config_lib.replace(config_lib.Config(), values),
    )
    form = arc_forms.FORMS[space]
    if text in form.baselines:
        raise Missing(f"{form.baselines[text]} is no arc, and has no picture.")
    size = form.size_of_length(len(text.split()))
    made = form.of_size(size, config.child.op_choice)
    return plots.arc_png(made, made.parse(text), title=f"{space}: the arc")


def _known(found: Found) -> dict[str, Any]:
    """The settings of the run that this version has, too."""
    names = [item.flag for item in config_lib.settings()]
    return {n: value for n in names if (value := found.setting(n)) is not None}
