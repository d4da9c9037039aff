"""HTML put together from parts, in which all that is not markup of ours is escaped.

Names of classes, ops of plugins, flags and paths come from users: a `str` is text, and
only an `Html`, which `element` makes, stands in a page as it is.
"""

import html
import re
from collections.abc import Iterable, Sequence

_FLAG = re.compile(r"(--[A-Za-z]\w*(?:=\w{1,12}\b)?)")
NONE = "-"  # a cell of nothing
_EMPTY = ("br", "img", "meta")  # elements without content and end


class Html(str):
    """Markup that is safe in a page."""


def text(value: object) -> Html:
    """`value` as markup: itself if it is some, else escaped."""
    if isinstance(value, Html):
        return value
    # A lone surrogate, of a name of a file that is not UTF-8, cannot be written.
    shown = str(value).encode("utf-8", "backslashreplace").decode()
    return Html(html.escape(shown))


def join(parts: Iterable[object], between: str = "") -> Html:
    """`parts` behind each other."""
    return Html(html.escape(between).join(map(text, parts)))


def element(name: str, /, *content: object, **attributes: object) -> Html:
    """An element.

    Args:
      name: "p", "td", ...
      *content: what is in it.
      **attributes: `class_` and `stroke_width` are class and stroke-width; None is left
        out.
    """
    words = [
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    ]
    begin = f"<{name}{''.join(words)}>"
    return Html(begin if name in _EMPTY else f"{begin}{join(content)}</{name}>")


def table(
    head: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    stacked: bool = False,
) -> Html:
    """A table that scrolls by itself where it is wider than the page.

    A row's numbers stand at the right; what is no number, at the left.

    Args:
      head: of its columns.
      rows: a cell for each column.
      stacked: whether on a phone each row is a block, its first cell a heading and the
        others below it, each with the title of its column; `NONE` is left out there.
    """
    titles = [element("th", title, scope="col") for title in head]
    labels = list(map(str, head)) if stacked else [None] * len(head)
    lines = [element("tr", *map(_cell, row, labels)) for row in rows]
    inner = element(
        "table",
        element("thead", element("tr", *titles)),
        element("tbody", *lines),
    )
    return element("div", inner, class_="wide stacked" if stacked else "wide")


def folded(title: object, *content: object) -> Html:
    """Content that is shown when its title is clicked."""
    return element("details", element("summary", title), *content)


def paragraphs(sentences: Iterable[object]) -> Html:
    """Each in a paragraph of its own."""
    return join(element("p", words(sentence)) for sentence in sentences)


def words(sentence: object) -> Html:
    """A sentence in which no flag is broken between its hyphens."""
    if isinstance(sentence, Html):
        return sentence
    parts = enumerate(_FLAG.split(str(sentence)))
    return join(element("code", x, class_="flag") if n % 2 else x for n, x in parts)


def _cell(value: object, label: str | None) -> Html:
    if isinstance(value, bool) or not isinstance(value, int | float):
        none = "none" if value == NONE else None
        return element("td", value, class_=none, data_label=label)
    return element("td", number(value), class_="number", data_label=label)


def number(value: float) -> str:
    """A number to read: `12,345` or `0.9167`."""
    if isinstance(value, int) or (value.is_integer() and abs(value) >= 1000):
        return f"{int(value):,}"
    return f"{value:.2f}" if abs(value) >= 10 else f"{value:.4f}"
