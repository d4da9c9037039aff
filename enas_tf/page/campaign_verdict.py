"""The first section of a campaign's page: its sentence, intervals, words and tables."""

import itertools
import json
import pathlib
from collections.abc import Iterator, Sequence

from enas_tf.page import contrasts, markup
from enas_tf.page.contrasts import Contrast
from enas_tf.page.found import Missing
from enas_tf.page.markup import Html
from enas_tf.run.rows import Row

TOLD = "results.txt"
_KEPT = ("verdict.json", "ablation.json")  # whose contrasts have intervals
_BESIDE = 4  # sentences that stand beside the picture
_SHOWN = 14  # lines of a table that are not folded
_NOTE = "Higher is better; an interval that crosses the dashed line shows nothing."


def section(folder: pathlib.Path) -> Html:
    """What results.txt says: sentences; lines of tables begin with two spaces.

    Raises:
      Missing: there is no such file yet.
    """
    try:
        lines = (folder / TOLD).read_text("utf-8").splitlines()
    except OSError:
        raise Missing(f"{TOLD} is missing.") from None
    rows = [number for number, line in enumerate(lines) if _is_row(line)]
    last = max(rows, default=len(lines))
    said = [line for line in lines[:last] if line and not _is_row(line)]
    found = _intervals(folder)
    told = [markup.element("p", said[0], class_="lead")] if said else []
    words = markup.element("div", *told, markup.paragraphs(said[1:_BESIDE]))
    rest = markup.element("div", markup.paragraphs(said[_BESIDE:]), class_="said")
    picture = contrasts.forest(found, title="95 % intervals", note=_NOTE)
    colour = found[0].says if len(found) == 1 else contrasts.UNCLEAR
    first = markup.element("div", words, picture, class_=f"verdict {colour}")
    below = [markup.element("p", line, class_="note") for line in lines[last + 1 :]]
    return markup.join([first, rest, *map(_table, _blocks(lines)), *below])


def _is_row(line: str) -> bool:
    return line.startswith("  ")


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """The tables: lines that begin with spaces, in a piece each."""
    for is_table, block in itertools.groupby(lines, _is_row):
        if is_table:
            yield list(block)


def _table(lines: Sequence[str]) -> Html:
    """One of them; what is long is folded."""
    if len(lines) <= _SHOWN + 2:
        return _columns(lines)
    rest = lines[_SHOWN:]
    folded = markup.folded(f"{len(rest)} more", _columns(rest))
    return markup.join([_columns(lines[:_SHOWN]), folded])


def _columns(lines: Sequence[str]) -> Html:
    shown = "\n".join(line.removeprefix("  ") for line in lines)
    return markup.element("div", markup.element("pre", shown), class_="wide")


def _intervals(folder: pathlib.Path) -> list[Contrast]:
    """The differences that have one; none of a campaign that compares no methods."""
    for path in (folder / name for name in _KEPT):
        if path.is_file():
            kept = json.loads(path.read_text("utf-8"))
            rows = [{"method": kept.get("method"), **row} for row in kept["contrasts"]]
            return [_contrast(row) for row in rows if row["bounds"]]
    return []


def _contrast(row: Row) -> Contrast:
    low, high = row["bounds"]
    words = f"{row['method']} minus {row['against']}"
    return Contrast(words, 0.0, row["difference"], low, high, none=0.0, sign=1)
