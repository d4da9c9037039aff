"""A command, as a list of words that a shell would be given, and its parts."""

from collections.abc import Sequence
from typing import NamedTuple


class Typed(NamedTuple):
    """A command of this program.

    Attributes:
      python: the interpreter.
      program: what it was told to run: a file, or -m and the name of a module.
      flags: each a word that begins with a dash.
    """

    python: str
    program: list[str]
    flags: list[str]


def parts(command: Sequence[str]) -> Typed:
    """The parts of a command with one word a flag."""
    python, *words = command
    count = 2 if words[:1] == ["-m"] else 1
    return Typed(python, words[:count], words[count:])
