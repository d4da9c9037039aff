"""An arc among its neighbours: a picture, and a row for each decision."""

import json
import pathlib

from enas_tf.page import arcs, markup
from enas_tf.page.markup import Html

KEPT, PICTURE = "perturbation.json", "perturbation.png"
_HEAD = ("decision", "neighbours", "mean change", "smallest", "largest")
_NOTE = (
    "The change of the test score if the arc has another choice in this one place; "
    "those come first that cost most."
)


def section(folder: pathlib.Path) -> Html | None:
    """Which decisions matter; None of a campaign that changes none."""
    if not (folder / KEPT).is_file():
        return None
    kept = json.loads((folder / KEPT).read_text("utf-8"))
    gains: dict[int, list[float]] = {}
    for one in kept["neighbours"]:
        gains.setdefault(one["place"], []).append(one["gain"])
    ranked = sorted(kept["decisions"], key=lambda one: one["gain"])
    rows = [
        [one["name"], one["neighbours"], one["gain"], min(there), max(there)]
        for one in ranked
        if (there := gains[one["place"]])
    ]
    parts = [markup.element("p", _NOTE), markup.table(_HEAD, rows)]
    if (folder / PICTURE).is_file():
        parts.insert(0, _picture(folder / PICTURE, kept["arc"], rows))
    return markup.join(parts)


def _picture(path: pathlib.Path, arc: str, rows: list[list[object]]) -> Html:
    first = f"{rows[0][0]}: {rows[0][2]:+.4f}"
    words = f"the arc {arc} with the change at each decision; first {first}"
    return arcs.embedded(path, path.read_bytes(), words)
