"""The first section of a campaign's page: its sentence, intervals, words and tables.

In the order of results.txt, in one column; its first sentence is the largest, and what
changes its meaning stands right behind it.
"""

import itertools
import pathlib
from collections.abc import Iterator, Sequence

from enas_tf.page import contrasts, kept, markup, told_tables
from enas_tf.page.contrasts import Contrast
from enas_tf.page.found import Missing
from enas_tf.page.markup import Html
from enas_tf.run.rows import Row

TOLD = "results.txt"
UNFINISHED = "Not finished"  # begins the first sentence while jobs are to be done
_KEPT = (kept.VERDICT, kept.ABLATION)  # whose contrasts have intervals
FILES = (TOLD, *_KEPT)
_NOTE = "Higher is better; an interval that crosses the dashed line shows nothing."
_BESIDE = 4  # sentences that stand beside the picture
_MEANS = ("method", "mean", "trainings")
_SPREADS = dict(searches="searches", arcs="arcs", retrains="retrainings")
_BETWEEN = (
    "Standard deviations of the score, between searches, between arcs and between "
    "retrainings; one without a number is in the one before it."
)


def section(folder: pathlib.Path) -> Html:
    """What results.txt says: sentences; lines of tables begin with two spaces.

    Raises:
      Missing: there is no such file yet.
    """
    try:
        lines = (folder / TOLD).read_text("utf-8").splitlines()
    except OSError:
        raise Missing(f"{TOLD} is missing.") from None
    found, means, left_out = _judged(folder)
    blocks = list(_blocks([line for line in lines if not _is_mean(line, means)]))
    begin = _standing(blocks)
    said = _sentences(blocks, 0)
    picture = contrasts.forest(found, title="95 % intervals", note=_NOTE)
    colour = found[0].says if len(found) == 1 and not begin else contrasts.UNCLEAR
    words = _words(said[:_BESIDE], lead=not begin)
    box = markup.element("div", words, picture, class_=f"verdict {colour}")
    box = box if said or found else Html("")
    below = _sentences(blocks, -1)
    notes = [markup.element("p", markup.words(one), class_="note") for one in below]
    rest = [markup.paragraphs(said[_BESIDE:]), *map(_block, blocks), *notes]
    return markup.join([*begin, box, left_out, _table_of_means(means), *rest])


def _standing(blocks: list[list[str]]) -> list[Html]:
    """How far a campaign is that is not finished; it is taken out of `blocks`."""
    if not blocks or not blocks[0][0].startswith(UNFINISHED):
        return []
    sentence, *others = blocks.pop(0)
    told = [_words([sentence, *others], lead=True)]
    if blocks and told_tables.is_row(blocks[0][0]):
        told.append(told_tables.table(blocks.pop(0)))
    return [*told, *([markup.element("h3", "So far")] if blocks else [])]


def _sentences(blocks: list[list[str]], place: int) -> list[str]:
    """Those that stand at this end; they are taken out of `blocks`."""
    if blocks and not told_tables.is_row(blocks[place][0]):
        return blocks.pop(place)
    return []


def _words(said: Sequence[str], *, lead: bool) -> Html:
    """The first of them large, if it is the verdict."""
    first = [
        markup.element("p", markup.words(line), class_="lead" if lead else None)
        for line in said[:1]
    ]
    return markup.element("div", *first, markup.paragraphs(said[1:]))


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Sentences, and tables, in the order in which they come; none is empty."""
    for _, block in itertools.groupby(lines, lambda line: line and line[0] == " "):
        if shown := list(filter(None, block)):
            yield shown


def _block(lines: Sequence[str]) -> Html:
    is_table = told_tables.is_row(lines[0])
    return told_tables.table(lines) if is_table else markup.paragraphs(lines)


def _judged(folder: pathlib.Path) -> tuple[list[Contrast], list[Row], Html]:
    """Differences that have an interval, figures of methods, and what is damaged.

    All empty of a campaign that compares no methods.
    """
    for path in (folder / name for name in _KEPT):
        if path.is_file():
            try:
                found = kept.read(path)
                rows = [
                    {"method": found.get("method"), **one} for one in found["contrasts"]
                ]
                told = [_contrast(row) for row in rows if row["bounds"]]
                return told, found.get("figures", []), Html("")
            except kept.Spoilt as error:
                words = f"Left out: {error}"
                return [], [], markup.element("p", words, class_="left_out")
    return [], [], Html("")


def _contrast(row: Row) -> Contrast:
    low, high = row["bounds"]
    words = f"{row['method']} minus {row['against']}"
    return Contrast(words, 0.0, row["difference"], low, high, none=0.0, sign=1)


def _is_mean(line: str, means: Sequence[Row]) -> bool:
    """Whether it says of a method what the table of means says as well."""
    return any(line.startswith(f"{one['method']}: mean ") for one in means)


def _table_of_means(means: Sequence[Row]) -> Html:
    """A row a method; its deviations apart."""
    if not means:
        return Html("")
    rows = [
        [one["method"], one["mean"], one["trainings"]]
        + [
            markup.NONE if (value := one["spread"][part]) is None else value
            for part in _SPREADS
        ]
        for one in means
    ]
    head = [*_MEANS, *(f"between {name}" for name in _SPREADS.values())]
    note = markup.element("p", _BETWEEN, class_="note")
    return markup.join([markup.table(head, rows, stacked=True), note])
