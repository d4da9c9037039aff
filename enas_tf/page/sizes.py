"""Score and size of the trainings of a campaign: a picture, and the unbeaten ones."""

import pathlib
from collections.abc import Sequence

from enas_tf.page import found as found_lib
from enas_tf.page import markup, scatter
from enas_tf.page.found import Missing
from enas_tf.page.markup import Html
from enas_tf.page.scatter import Point
from enas_tf.run.rows import Row

RESULTS = "results.jsonl"
_HEAD = ("method", "score", "parameters", "arc")
_NOTE = "Each point is a training from scratch, or several that came to the same."
_FRONT = "No other training has a better score with as few parameters:"
_SHOWN = 8  # of these


def section(folder: pathlib.Path) -> Html | None:
    """Both; None where all trainings have one size."""
    path = folder / RESULTS
    if path.is_file() and not path.stat().st_size:  # of an earlier version
        raise Missing(f"{RESULTS} has no row.")
    rows = found_lib.lines(path)
    by: dict[str, list[Point]] = {}
    for row in rows:
        words = f"{row['score']:.4f}, {row['parameters']:,}: {row['arc']}"
        point = Point(row["parameters"], row["score"], words)
        by.setdefault(row["method"], []).append(point)
    axes = ("parameters", "score (higher is better)")
    groups = {f"{name}: {_counted(points)}": points for name, points in by.items()}
    picture = scatter.figure(groups, sign=1, words=axes, note=_NOTE)
    if picture is None:
        return None
    return markup.element("div", picture, _unbeaten(rows), class_="pair")


def _counted(points: Sequence[Point]) -> str:
    return "1 training" if len(points) == 1 else f"{len(points)} trainings"


def _unbeaten(rows: Sequence[Row]) -> Html:
    best = scatter.front([(row["parameters"], row["score"]) for row in rows], 1)
    told = [_row(rows, place) for place in best[::-1][:_SHOWN]]
    table = markup.table(_HEAD, told, stacked=True)
    return markup.element("div", markup.element("p", _FRONT), table)


def _row(rows: Sequence[Row], place: tuple[float, float]) -> list[object]:
    """Of the methods that have a training there."""
    there = [r for r in rows if (r["parameters"], r["score"]) == place]
    methods = ", ".join(dict.fromkeys(str(row["method"]) for row in there))
    arc = markup.element("code", there[0]["arc"])
    return [methods, float(place[1]), int(place[0]), arc]
