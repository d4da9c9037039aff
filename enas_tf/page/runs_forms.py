"""The table of runs as text, as CSV, in LaTeX and as a page."""

import csv
import io
import statistics
import urllib.parse
from collections.abc import Callable, Iterable, Mapping, Sequence

from enas_tf.config import sections as config_lib
from enas_tf.page import markup, whole
from enas_tf.page.markup import Html
from enas_tf.page.runs import Row, Runs
from enas_tf.run import layout, progress

HEAD = (
    *("folder", "space", "preset", "seed", "data", "policy", "random"),
    *("difference or ratio", "low", "high", "measure", "test", "seconds", "state"),
    "best arc",
)
_LONGEST = 28  # letters of an arc in a text
_NAMED = 4  # settings that are named of those that tell groups of runs apart
_TEXT_HEAD = (
    *("folder", "space", "preset", "seed", "data", "policy against random"),
    *("test", "time", "state", "best arc"),
)
_LATEX = str.maketrans(
    {
        **{letter: f"\\{letter}" for letter in "&%$#_{}"},
        **{"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"},
        "\\": r"\textbackslash{}",
    }
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
    """A row for all seeds of equal settings: their number, mean and deviation."""
    lines = [
        r"\begin{tabular}{lllrrr}",
        r"\hline",
        r"space & data & settings & seeds & policy against random & test \\",
        r"\hline",
    ]
    for words in _groups(runs.rows):
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


def _groups(rows: Sequence[Row]) -> list[list[str]]:
    """Cells of LaTeX, for all runs that differ in their seeds alone."""
    groups: dict[object, list[Row]] = {}
    for row in rows:
        groups.setdefault((_kind(row), _shaping(row)), []).append(row)
    return [_group(members, groups.values()) for members in groups.values()]


def _group(members: Sequence[Row], groups: Iterable[Sequence[Row]]) -> list[str]:
    first = members[0]
    beside = [dict(_shaping(g[0])) for g in groups if _kind(g[0]) == _kind(first)]
    apart = [
        f"{name} {value}"
        for name, value in _shaping(first)
        if any(other[name] != value for other in beside)
    ]
    more = [f"and {len(apart) - _NAMED} more"] if len(apart) > _NAMED else []
    settings = ", ".join([first.preset, *apart[:_NAMED], *more])
    # A seed that was run twice gave the same bits twice, or should have.
    seeds = {row.seed: row for row in sorted(members, key=lambda r: r.test is not None)}
    compared = [row.contrast.value for row in seeds.values() if row.contrast]
    tested = [row.test for row in seeds.values() if row.test is not None]
    space = f"{first.space} training" if first.stage == "train" else first.space
    words = [space, first.data, settings, str(len(seeds))]
    return [word.translate(_LATEX) for word in words] + [_mean(compared), _mean(tested)]


def _kind(row: Row) -> tuple[str, ...]:
    return row.space, row.data, row.preset, row.stage


def _shaping(row: Row) -> tuple[tuple[str, object], ...]:
    """The settings that decide what is searched or trained, but for the seed.

    A version that did not have one of them did as its default says.
    """
    return tuple(
        (item.flag, row.settings.get(item.flag, item.field.default))
        for item in config_lib.settings()
        if item.field.metadata["shapes_result"]
        and item.section != "derive"
        and item.flag not in ("seed", "child_fixed_arc")
    )


def _mean(values: Sequence[float]) -> str:
    """Mean and deviation over the seeds; of a single one no deviation."""
    if not values:
        return "--"
    mean = f"{statistics.fmean(values):.4f}"
    if len(values) == 1:
        return f"${mean}$"
    return rf"${mean} \pm {statistics.stdev(values):.4f}$"
