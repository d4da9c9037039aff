"""The integers of an arc, out of what programs print about it.

Brackets, a list a layer, `arc=[...]`, NumPy's form without commas, the time of day, and
the lines about it (`val_acc=0.81 ...`, a rule of dashes): as the original, its forks,
enas_lm and this program print an arc.
"""

import re
from typing import NamedTuple

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\b%?"
# `val_acc=0.8125`, `val_ppl: 80.1`: what was measured of an arc.
_MEASURED = re.compile(
    rf"\b\w*(?:acc|accuracy|ppl|perplexity|loss|reward)\s*[=:]\s*(?:{_NUMBER}|nan\b)",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"^\s*\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?=\s|$)")
_RULE = re.compile(r"^\s*[-=_*]{3,}\s*$")
# `arc=`, `--child_fixed_arc=`; `name =` only where a bracket or a quote follows.
_HEAD = re.compile(r"(?:-{0,2}\b\w*arc\s*[=:]|\b\w+\s*=(?=\s*[\[('\"]))\s*", re.I)
# A sentence of `SearchSpace.describe`.
_DESCRIBED = re.compile(r"^\s*\d+ (?:layers?|blocks?|nodes?): ")
# In the original's scripts each line adds to what the variable was.
_SO_FAR = re.compile(r"\$\{?\w*arc\}?", re.IGNORECASE)
_QUOTES = str.maketrans("\"'", "  ")
_BRACKETS = re.compile(r"[\[\]()]")


class Printed(NamedTuple):
    """The arc in a text.

    Attributes:
      text: the integers, with `|`, `,` or white space between them.
      lists: the number of integers of each innermost list; empty without brackets.
    """

    text: str
    lists: tuple[int, ...]


def read(text: str) -> Printed:
    """The integers that `text` has, as text; `base.integers` looks at the words.

    Raises:
      ValueError: several arcs, none but its description, or unmatched brackets.
    """
    arcs = _arcs(text)
    if len(arcs) > 1:
        raise ValueError(f"it holds {len(arcs)} arcs; give one of them")
    found = arcs[0] if arcs else ""
    if not found.strip() and any(map(_DESCRIBED.match, text.splitlines())):
        raise ValueError("it describes an arc, but the arc's integers are not in it")
    if "..." in found:
        raise ValueError(
            "'...' stands for integers that NumPy did not print; print all of them, "
            "e.g. with print(arc.tolist())"
        )
    lists = _lists(found)
    return Printed(_BRACKETS.sub(" ", found), lists)


class _Line(NamedTuple):
    """One line: its part of an arc, and its place among the arcs around it.

    Attributes:
      digits: of an arc.
      is_first: whether an arc begins with it.
      is_last: whether an arc ends with it.
      describes: whether a sentence begins in it, which may go on, indented.
    """

    digits: str = ""
    is_first: bool = False
    is_last: bool = False
    describes: bool = False


def _arcs(text: str) -> list[str]:
    """The text of each arc; what was measured of one, or a rule, stands at its end.

    Or at its beginning, before `arc=`.
    """
    arcs: list[str] = []
    block: list[str] = []
    describes = False
    for line in text.splitlines():
        if describes and line[:1].isspace():
            continue  # more of the sentence
        read = _line(line)
        describes = read.describes
        if read.is_first:
            arcs.append("\n".join(block))
            block = []
        block.append(read.digits)
        if read.is_last:
            arcs.append("\n".join(block))
            block = []
    arcs.append("\n".join(block))
    return [arc for arc in arcs if arc.strip()]


def _line(line: str) -> _Line:
    line = _CLOCK.sub("", line)
    if _RULE.match(line):
        return _Line(is_last=True)
    if _DESCRIBED.match(line):
        return _Line(describes=True)
    measured, head = _MEASURED.search(line), _HEAD.search(line)
    if not measured:
        return _Line(_unquoted(_HEAD.sub("", line)))
    if head and head.start() > measured.start():
        return _Line(_unquoted(line[head.end() :]), is_first=True)
    digits = _unquoted(_HEAD.sub("", line[: measured.start()]))
    more = line[measured.end() :].strip()
    return _Line(digits, is_last=True, describes=bool(more))


def _unquoted(text: str) -> str:
    return _SO_FAR.sub(" ", text.translate(_QUOTES)).rstrip(" ;")


def _lists(text: str) -> tuple[int, ...]:
    """How many words each innermost list has."""
    depth, start, counts = 0, None, []
    for found in _BRACKETS.finditer(text):
        opens = found.group() in "[("
        depth += 1 if opens else -1
        if depth < 0:
            raise ValueError(f"a {found.group()!r} closes nothing: it is cut off")
        if opens:
            start = found.end()
        elif start is not None:
            counts.append(
                len(re.split(r"[\s,|]+", text[start : found.start()].strip("\n\t ,|")))
            )
            start = None
    if depth:
        raise ValueError("a bracket is not closed: it is cut off")
    return tuple(counts)
