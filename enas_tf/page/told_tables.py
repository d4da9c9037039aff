"""Tables of plain text, as results.txt has them, made tables of a page.

Their lines begin with two spaces, and two or more are between columns. A head begins
with a letter, as the list of an arc's neighbours, which has none, does not.
"""

import re
from collections.abc import Sequence

from enas_tf.page import markup
from enas_tf.page.markup import Html

_SHOWN = 14  # rows that are not folded
_NARROW = 3  # columns that a phone has room for


def is_row(line: str) -> bool:
    """Whether the line is one of a table."""
    return line.startswith("  ")


def table(lines: Sequence[str]) -> Html:
    """The table of these lines; what is long is folded.

    A line of fewer columns than the head, such as the time of all searches, stands
    below.
    """
    cells = [re.split(" {2,}", line.strip()) for line in lines]
    has_head = cells[0][0][:1].isalpha() and len(cells[0]) > 1
    head = cells.pop(0) if has_head else []
    rows = [row for row in cells if not head or len(row) == len(head)]
    others = ["  ".join(row) for row in cells if head and len(row) != len(head)]
    notes = [markup.element("p", line, class_="note") for line in others]
    if len(rows) <= _SHOWN + 2:
        return markup.join([_shown(head, rows), *notes])
    rest = rows[_SHOWN:]
    folded = markup.folded(f"{len(rest)} more", _shown(head, rest))
    return markup.join([_shown(head, rows[:_SHOWN]), folded, *notes])


def _shown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Html:
    if head:
        return markup.table(head, rows, stacked=len(head) > _NARROW)
    listed = [markup.element("li", "  ".join(row)) for row in rows]
    return markup.element("ul", *listed, class_="listed")
