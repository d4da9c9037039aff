"""The source of an arc: the value of --child_fixed_arc itself, a name, or a file."""

import os
import pathlib
import re
import reprlib
from typing import NamedTuple

# Beyond the size of any arc's file; keeps a wrong file from being read whole.
_MOST_CHARACTERS = 1_000_000
# A value of nothing else is meant as integers, however wrong.
_OF_INTEGERS = "0123456789|,-. \t\n[]()"
# Begins what is an arc itself, though it has no space and perhaps a slash.
_WRITTEN = re.compile(
    r"\s*(?:[\[({]|\w+\s*=\s*[\[({'\"\d]|(?:\w+\s*=\s*)?[\w.]*Genotype\s*\()"
)
_QUOTED = reprlib.Repr()
_QUOTED.maxstring = 200
_NAMED = re.compile(r"(.+):(\w+)", re.DOTALL)
_SUFFIXES = (".json", ".jsonl", ".txt", ".py", ".log")


class Source(NamedTuple):
    """The text of an arc.

    Attributes:
      text: as it was given, or of the file.
      origin: ` (in best.json)` for refusals; "" where the text itself was given.
      name: of the genotype that is wanted, where the file has several; "" for any.
      suffix: how the file's name ends, which may say what is in it.
    """

    text: str
    origin: str = ""
    name: str = ""
    suffix: str = ""


def read(value: str) -> Source:
    """The text that `value` gives or names: an arc, `FILE` or `FILE:NAME`.

    Raises:
      ValueError: there is no such file, or it cannot be read as text.
    """
    if not _is_path(value):
        return Source(value)
    path, name = value, ""
    named = _NAMED.fullmatch(value)
    if named and not _exists(value):
        path, name = named.groups()
    text = _content(path)
    return Source(text, f" (in {value})", name, pathlib.Path(path).suffix)


def _is_path(value: str) -> bool:
    """Whether `value` means a file (or a name that is none) rather than an arc."""
    if not value.strip(_OF_INTEGERS):
        return False
    if _exists(value):
        return True
    if _WRITTEN.match(value) or "\n" in value.strip():
        return False
    named = _NAMED.fullmatch(value)
    file = named[1] if named else value
    return "/" in value or file.endswith(_SUFFIXES) or len(value.split()) == 1


def _exists(path: str) -> bool:
    # Unlike that of pathlib it has an answer for a name that is too long as well.
    return os.path.exists(os.path.expanduser(path))


def _content(value: str) -> str:
    path = pathlib.Path(os.path.expanduser(value))
    if not _exists(value):
        raise ValueError(f"there is no file {_QUOTED.repr(value)}")
    if not path.is_file():
        raise ValueError(f"{value!r} is not a file")
    try:
        with path.open(encoding="utf-8-sig") as file:
            return file.read(_MOST_CHARACTERS)
    except OSError as error:
        reason = error.strerror or error
        raise ValueError(f"{value!r} cannot be read ({reason})") from None
    except UnicodeDecodeError:
        raise ValueError(f"{value!r} is not text") from None
