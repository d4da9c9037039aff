"""Lines as a terminal shows them: at most 80 columns where the breaks can be chosen.

A command that is there to be pasted stays on one line, and so does a line that begins
with two spaces: whoever wrote it has chosen its breaks.
"""

import collections
import logging
import os
import pathlib
import re
import textwrap
from collections.abc import Sequence

WIDTH = 80
STAMP = "%H:%M:%S"
INDENT = " " * len("23:59:59 ")
_ASIS = "  "
_PACKAGE = str(pathlib.Path(__file__).parents[1])
_COMMAND = re.compile(r": (?=\S.*\.py['\"]? -)")


def is_for_the_user(record: logging.LogRecord) -> bool:
    """Whether a line of the log is one of this program, or a warning of others."""
    if _PACKAGE in record.pathname:
        return True
    # TFDS warns of its own deprecations, and of a folder that it then goes without.
    chatty = "tensorflow_datasets" in record.pathname
    return record.levelno >= (logging.ERROR if chatty else logging.WARNING)


class Formatter(logging.Formatter):
    """The time of day and the message, wrapped below it."""

    def __init__(self) -> None:
        """The form is the same for every line of a run."""
        super().__init__("%(asctime)s %(message)s", STAMP)

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The time and the text of `record`, wrapped; a traceback comes below it."""
        return wrapped(super().formatMessage(record))


def wrapped(text: str) -> str:
    """`text`, whose first line begins with a time, in lines of at most 80 columns."""
    first, *others = visible(text).split("\n")
    folded = [_fold(first, "")]
    folded += [line if line.startswith(_ASIS) else _fold(line) for line in others]
    return "\n".join(folded)


def shown(path: str | os.PathLike) -> str:
    """`path`, seen from the current folder if that is shorter."""
    absolute = str(pathlib.Path(path).absolute())
    try:
        relative = os.path.relpath(absolute)
    except (OSError, ValueError):  # the current folder is gone, or on another drive
        return quoted(absolute)
    return quoted(min(relative, absolute, key=len))


def visible(text: str) -> str:
    """`text` with its lines, and every other character that is not to be seen written
    as Python writes it: a name may hold what moves a terminal's cursor."""
    return "".join(
        sign if sign.isprintable() or sign == "\n" else repr(sign)[1:-1]
        for sign in text
    )


def quoted(name: str | os.PathLike) -> str:
    """A name in a line: in quotes, as Python writes it, if it could not be seen as it
    is or would begin a line of its own."""
    name = os.fspath(name)
    plain = name.isprintable() and name == name.strip() and name
    return name if plain else repr(name)


def shortened(name: str, width: int) -> str:
    """`name` as one line of `width` letters at most, cut in the middle.

    Names of a kind often begin alike, and differ at their ends. `width` is 5 or more.
    """
    name = " ".join(quoted(name).split())
    if len(name) <= width:
        return name
    half = (width - 3) // 2
    return f"{name[: width - 3 - half]}...{name[-half:]}"


def distinct(names: Sequence[str], width: int) -> list[str]:
    """Each of `names` `shortened`; those that become alike get their number, from 0."""
    short = [shortened(name, width) for name in names]
    count = collections.Counter(short)
    for number, name in enumerate(names):
        if count[short[number]] > 1:
            mark = f" ({number})"
            short[number] = shortened(name, width - len(mark)) + mark
    return short


def _fold(line: str, start: str = INDENT) -> str:
    """`line` folded at spaces, but not inside a command."""
    found = _COMMAND.search(line)
    head = line[: found.start() + 1] if found else line
    folded = textwrap.fill(
        head,
        WIDTH,
        initial_indent=start,
        subsequent_indent=INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return f"{folded} {line[found.end() :]}" if found else folded
