"""The arc of a run as a picture; the arcs that were scored, in a table and by size."""

import base64
import io
import pathlib
import textwrap
from collections.abc import Sequence
from typing import Any

from PIL import Image

from enas_tf import plots
from enas_tf.arcs import forms as arc_forms
from enas_tf.config import sections as config_lib
from enas_tf.page import found as found_lib
from enas_tf.page import markup, scatter
from enas_tf.page.found import Found, Missing
from enas_tf.page.markup import Html
from enas_tf.page.scatter import Point
from enas_tf.run import layout
from enas_tf.run.measures import Measure
from enas_tf.run.rows import Row

GROUPS = {
    "policy": "arcs of the policy",
    "random": "random arcs",
    "matched": "random arcs of the policy's sizes",
    "evolution": "arcs of evolution",
}
_SOURCES = {
    "policy": "policy",
    "random": "random",
    "matched": "random, of a size",
    "evolution": "evolution",
}
_COSTS = {
    "parameters": "parameters of the final child",
    "flops": "FLOPs of an image",
    "latency": "ms latency",
}
_SHOWN = 10  # rows of the table that are not folded
_MOST = 200  # rows in all: the page is to stay small
_WORDS = 60  # letters of an arc where the mouse is on a point
_LARGEST = 700_000  # bytes of a picture that is put into the page
_HEAD = {
    "source": "drawn by",
    "accuracy": "accuracy",
    "perplexity": "perplexity",
    "log_likelihood": "log likelihood",
    "parameters": "parameters",
    "flops": "FLOPs",
    "latency": "ms latency",
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
    sheet = embedded(path, content, f"the arc {text}")
    words = markup.element("p", "Its integers: ", markup.element("code", text))
    return markup.join([sheet, words])


def embedded(
    path: pathlib.Path, content: bytes, words: str, *, fits: bool = False
) -> Html:
    """A picture on white paper, in the page itself.

    Args:
      path: of its file.
      content: of it, a PNG file.
      words: what it shows.
      fits: whether it is as narrow as the page, however small its letters are then.

    Raises:
      Missing: it is too large.
      OSError: it is none.
    """
    with Image.open(io.BytesIO(content)) as image:
        image.verify()
        width, height = image.size
    if len(content) > _LARGEST:
        raise Missing(f"The picture of the arc is too large for this page: see {path}.")
    address = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    drawn = markup.element("img", src=address, alt=words, width=width, height=height)
    return markup.element("div", drawn, class_="paper fits" if fits else "paper")


def table(found: Found) -> Html | None:
    """The arcs that deriving scored; None where there was no deriving."""
    rows = _rows(found)
    if rows is None:
        return None
    columns = [key for key in _HEAD if any(key in row for row in rows)]
    head = [_HEAD[key] for key in columns]
    lines = [[_cell(key, row.get(key, "")) for key in columns] for row in rows]
    first, rest = lines[:_SHOWN], lines[_SHOWN:_MOST]
    parts = [markup.table(head, first)]
    if rest:
        parts.append(markup.folded(f"{len(rest)} more", markup.table(head, rest)))
    if len(lines) > _MOST:
        words = f"All {len(lines):,} are in {layout.ARCS}/{layout.DERIVED}."
        parts.append(markup.element("p", words))
    return markup.join(parts)


def sizes(found: Found) -> Html | None:
    """Score against each cost of the arcs that deriving scored."""
    rows, measure = _rows(found), found.measure
    if rows is None or measure is None:
        return None
    figures = [one for cost in _COSTS if (one := _priced(rows, measure, cost))]
    return markup.element("div", *figures, class_="grid wider") if figures else None


def _priced(rows: Sequence[Row], measure: Measure, cost: str) -> Html | None:
    """A point an arc; policy and chance apart."""
    groups: dict[str, list[Point]] = {name: [] for name in GROUPS.values()}
    for row in rows:
        if cost in row:
            value, score = row[cost], row[measure.name]
            arc = textwrap.shorten(row["arc"], _WORDS, placeholder=" ...")
            words = f"{score:.4f}, {value:,}: {arc}"
            groups[GROUPS[row["source"]]].append(Point(value, score, words))
    note = f"Scores are under the shared weights; {measure.direction}."
    shown = {name: points for name, points in groups.items() if points}
    axes = (_COSTS[cost], measure.name)
    return scatter.figure(shown, sign=measure.sign, words=axes, note=note)


def _rows(found: Found) -> list[dict[str, Any]] | None:
    if not found.facts("derive").get("arc"):
        return None
    return found_lib.lines(found.path / layout.ARCS / layout.DERIVED)


def _cell(key: str, value: object) -> object:
    if key == "source":
        return _SOURCES.get(str(value), value)
    return markup.element("code", value, class_="arc") if key == "arc" else value


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
    try:
        return plots.arc_png(made, made.parse(text), title=f"{space}: the arc")
    except Exception as error:  # the function that draws may come from outside
        raise Missing(f"the picture of the {space} space fails ({error}).") from None


def _known(found: Found) -> dict[str, Any]:
    """The settings of the run that this version has, too."""
    names = [item.flag for item in config_lib.settings()]
    return {n: value for n in names if (value := found.setting(n)) is not None}
