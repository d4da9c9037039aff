"""The table of runs as text, as CSV, in LaTeX and as a page."""

import csv
import io
import urllib.parse
from collections.abc import Callable, Mapping

from enas_tf.page import markup, runs_groups, whole
from enas_tf.page.markup import Html
from enas_tf.page.runs import Row, Runs
from enas_tf.run import layout, progress

HEAD = (
    *("folder", "space", "preset", "seed", "data", "policy", "random"),
    *("difference or ratio", "low", "high", "measure", "test", "seconds", "state"),
    "best arc",
)
_LONGEST = 28  # letters of an arc in a text
_TEXT_HEAD = (
    *("folder", "space", "preset", "seed", "data", "policy against random"),
    *("test", "time", "state", "best arc"),
)


def as_text(runs: Runs) -> str:
    """Columns of words."""
    rows = [_TEXT_HEAD, *(_words(row) for row in runs.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(word.ljust(n) for word, n in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, *_end(runs)])


def as_csv(runs: Runs) -> str:
    """A line a run, every figure in a column of its own; empty where there is none."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows(map(_figures, runs.rows))
    for folder, why in runs.unread:
        state = {"folder": folder, "state": f"cannot be read: {why}"}
        writer.writerow([state.get(name, "") for name in HEAD])
    return file.getvalue().rstrip("\n")


def as_html(runs: Runs) -> str:
    """A page with links to the pages of the runs, for a place in the same folder."""
    title = f"Runs in {runs.top.absolute().name}"
    inner = [markup.element("h1", title), table(runs), markup.paragraphs(_end(runs))]
    return whole.document(title, inner)


def table(runs: Runs, *, at: str = "") -> Html:
    """The rows as a part of a page.

    Args:
      runs: the runs.
      at: of `runs.top`, seen from the folder of the page, with a "/" at its end.
    """
    rows = []
    for row, words in zip(runs.rows, map(_words, runs.rows), strict=True):
        first: object = words[0]
        if (runs.top / row.folder / layout.PAGE).is_file():
            place = urllib.parse.quote(f"{at}{row.folder}/{layout.PAGE}")
            first = markup.element("a", words[0], href=place)
        rows.append(
            [first, *words[1:-1], markup.element("code", row.arc, class_="arc")]
        )
    return markup.element("div", markup.table(_TEXT_HEAD, rows), class_="runs")


def as_latex(runs: Runs) -> str:
    """A row for all runs of equal settings: their number, mean and deviation."""
    lines = [
        r"\begin{tabular}{lllrrr}",
        r"\hline",
        r"space & data & settings & runs & policy against random & test \\",
        r"\hline",
    ]
    for words in runs_groups.cells(runs.rows):
        lines.append(" & ".join(words) + r" \\")
    lines += [r"\hline", r"\end{tabular}"]
    return "\n".join([*lines, *(f"% {line}" for line in _end(runs))])


FORMS: Mapping[str, Callable[[Runs], str]] = dict(
    text=as_text, csv=as_csv, latex=as_latex, html=as_html
)


def _words(row: Row) -> tuple[str, ...]:
    seed = "" if row.seed is None else str(row.seed)
    arc = row.arc if len(row.arc) <= _LONGEST else f"{row.arc[: _LONGEST - 3]}..."
    test = ""
    if row.test is not None and row.measure:
        test = f"{row.measure.name} {row.test:.{row.measure.places}f}"
    seconds = progress.duration(row.seconds) if row.seconds else ""
    head = (row.folder, row.space, row.preset, seed, row.data)
    return (*head, _contrast(row), test, seconds, row.state, arc)


def _contrast(row: Row) -> str:
    one = row.contrast
    if one is None:
        return ""
    sign = "+" if one.none == 0 else ""
    return f"{one.value:{sign}.4f} ({one.low:{sign}.4f} to {one.high:{sign}.4f})"


def _figures(row: Row) -> list[object]:
    one, name = row.contrast, row.measure.name if row.measure else ""
    compared = [one.mean, one.value, one.low, one.high] if one else [""] * 4
    policy = "" if row.policy is None else row.policy
    head = [row.folder, row.space, row.preset, row.seed, row.data]
    test = "" if row.test is None else row.test
    return [*head, policy, *compared, name, test, row.seconds, row.state, row.arc]


def _end(runs: Runs) -> list[str]:
    """What is told below the table."""
    none = [] if runs.rows else [f"There is no run below {runs.top}."]
    return none + [f"{folder} cannot be read: {why}" for folder, why in runs.unread]
