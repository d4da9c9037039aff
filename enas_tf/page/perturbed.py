"""An arc among its neighbours: a picture, intervals, and a row for each decision."""

import pathlib
from collections.abc import Sequence

from enas_tf.page import arcs, contrasts, markup
from enas_tf.page import kept as kept_lib
from enas_tf.page.contrasts import Contrast
from enas_tf.page.found import Missing
from enas_tf.page.markup import Html
from enas_tf.run.rows import Row

PICTURE = "perturbation.png"
FILES = (kept_lib.PERTURBATION, PICTURE)
_HEAD = ("decision", "neighbours", "mean change", "lowest", "highest")
_NOTE = (
    "The change of the test score if the arc has another choice in this one place; "
    "the largest changes, up or down, come first."
)
_DRAWN = 12  # intervals
_LETTERS = 40  # of a neighbour above its interval
_INTERVALS = (
    "Above 0 the neighbour is better; what crosses the dashed line shows nothing."
)


def section(folder: pathlib.Path) -> Html | None:
    """Which decisions matter; None of a campaign that changes none."""
    path, picture = (folder / name for name in FILES)
    if not path.is_file():
        return None
    kept = kept_lib.read(path)
    rows = _rows(kept)
    drawn = _picture(picture, kept["arc"], rows) if picture.is_file() else Html("")
    table = markup.join(
        [markup.element("p", _NOTE), markup.table(_HEAD, rows, stacked=True)]
    )
    intervals = _intervals(kept["neighbours"])
    if not intervals:
        return markup.join([drawn, table])
    both = markup.element("div", markup.element("div", table), intervals, class_="pair")
    return markup.join([drawn, both])


def _rows(kept: Row) -> list[list[object]]:
    """A row for each decision, the largest change first."""
    gains: dict[int, list[float]] = {}
    for one in kept["neighbours"]:
        gains.setdefault(one["place"], []).append(one["gain"])
    ranked = sorted(kept["decisions"], key=lambda one: -abs(one["gain"]))
    return [
        [one["name"], one["neighbours"], one["gain"], min(there), max(there)]
        for one in ranked
        if (there := gains[one["place"]])
    ]


def _intervals(neighbours: Sequence[Row]) -> Html:
    """Of each neighbour that has one, the largest differences first."""
    known = [one for one in neighbours if one.get("bounds")]
    known.sort(key=lambda one: -abs(one["gain"]))
    shown = [_contrast(one) for one in known[:_DRAWN]]
    more = len(known) - len(shown)
    title = "Neighbours minus the arc, 95 % intervals"
    rest = f" {more} smaller differences are not drawn." if more > 0 else ""
    return contrasts.forest(shown, title=title, note=f"{_INTERVALS}{rest}")


def _contrast(one: Row) -> Contrast:
    low, high = one["bounds"]
    words = one["note"] or one["arc"]
    if len(words) > _LETTERS:
        words = f"{words[: _LETTERS - 3]}..."
    return Contrast(words, 0.0, one["gain"], low, high, none=0.0, sign=1)


def _picture(path: pathlib.Path, arc: str, rows: list[list[object]]) -> Html:
    first = f"{rows[0][0]}: {rows[0][2]:+.4f}"
    words = f"the arc {arc} with the change at each decision; first {first}"
    try:
        drawn = arcs.embedded(path, path.read_bytes(), words, fits=True)
        link = markup.element("a", path.name, href=path.name)
        alone = markup.element("p", "The picture alone: ", link, class_="note")
        return markup.join([drawn, alone])
    except Missing as error:
        said = str(error)
    except OSError:
        said = f"Left out: {kept_lib.spoilt([path.name])}"
    return markup.element("p", said, class_="left_out")
