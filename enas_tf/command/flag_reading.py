"""Reads a command line by absl's flags; each refusal of absl's is one line.

Beside command/flags.py the only module of the package that knows absl flags.
"""

import contextlib
import difflib
import io
import re
from collections.abc import Sequence
from typing import TypeVar

from absl import flags

from enas_tf.config import allowed
from enas_tf.config import sections as config

NumberT = TypeVar("NumberT", int | str, float | str)

_PLAIN = re.compile(r"[0-9A-Za-z.+-]+")


class Whole(flags.IntegerParser):
    """Of digits alone: Python also reads 1_000, other scripts' digits and spaces."""

    def convert(self, argument: int | str) -> int:
        """The integer that `argument` is; ValueError if it is none."""
        return super().convert(_plain(argument))


class Number(flags.FloatParser):
    """The same with a fraction or an exponent."""

    def convert(self, argument: float | str) -> float:
        """The number that `argument` is; ValueError if it is none."""
        return super().convert(_plain(argument))


def read(
    argv: Sequence[str], values: flags.FlagValues, *, names: Sequence[str] = ()
) -> None:
    """Reads `argv`, the program's name first, into `values`.

    Args:
      argv: of the shell.
      values: with all flags defined.
      names: of the flags that a mistyped one may have been meant as.

    Raises:
      ConfigError: an unknown flag, a value that is missing or of the wrong type, or a
        word that is no flag.
    """
    _refuse_undecodable(argv)
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            rest = values(list(argv))[1:]
    except (flags.Error, ValueError) as error:
        raise config.ConfigError(_reason(error, values, names)) from None
    if "circular" in said.getvalue():
        raise config.ConfigError(
            "--flagfile is not allowed: it must not include itself. Take the "
            "--flagfile out of one of the files."
        )
    _refuse_words(rest)
    _refuse_values(values)


def early(argv: Sequence[str], name: str) -> str:
    """The value of the flag `name` before flags are defined; "" where there is none.

    What is wrong with the words is left to `read` to tell.
    """
    values = flags.FlagValues()
    flags.DEFINE_string(name, "", "", flag_values=values)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            values(list(argv), known_only=True)
    except (flags.Error, ValueError):
        return ""
    return str(values[name].value)


def _reason(error: Exception, values: flags.FlagValues, names: Sequence[str]) -> str:
    """An error of absl's in the words of this program."""
    if isinstance(error, flags.UnrecognizedFlagError):
        return unknown(error.flagname, values, names)
    if isinstance(error, flags.IllegalFlagValueError):
        return _wrong_type(str(error), values)
    if isinstance(error, flags.Error):
        return _unreadable(str(error))
    if isinstance(error, UnicodeDecodeError):
        return "--flagfile is not allowed: it must be a text file in UTF-8. Correct it."
    return _with_value(str(error))  # all that is left: a negated flag with a value


def _plain(argument: NumberT) -> NumberT:
    if isinstance(argument, str) and not _PLAIN.fullmatch(argument):
        raise ValueError(f"{argument!r} is not a number in plain digits")
    return argument


def _refuse_undecodable(words: Sequence[str]) -> None:
    """TensorFlow takes no name of a file that is not UTF-8."""
    for word in words[1:]:
        if not word.isprintable() and re.search("[\udc80-\udcff]", word):
            shown = word.encode("ascii", "backslashreplace").decode()
            raise config.ConfigError(
                f"{shown} is not allowed: it must be UTF-8, as all names of files. "
                "Rename the file or folder."
            )


def _refuse_words(rest: Sequence[str]) -> None:
    if rest:
        raise config.ConfigError(
            f"{rest[0]!r} is not a flag: write --name=value, --name or --noname for a "
            'boolean one, and quotes around a value with spaces (--name="0 1 0").'
        )


def _refuse_values(values: flags.FlagValues) -> None:
    """A flag that lacks its value takes the next word for it."""
    for name in values:
        flag = values[name]
        if not flag.present or not isinstance(flag.value, str):
            continue
        if flag.value.startswith("--"):
            raise config.ConfigError(
                f"--{name} has no value: {flag.value} comes where it should be. Write "
                f"--{name}=VALUE (a file of such a name: ./{flag.value})."
            )
        if "\0" in flag.value:
            raise config.ConfigError(
                config.refusal(name, flag.value, "text without NUL characters")
            )


def unknown(name: str, values: flags.FlagValues, names: Sequence[str]) -> str:
    """The refusal of a flag that there is not, with what may have been meant."""
    negated = [f"no{name}" for name in names if isinstance(values[name].value, bool)]
    close = difflib.get_close_matches(name, [*names, *negated], n=1)
    hint = f"Did you mean --{close[0]}?" if close else "See --help for all flags."
    return f"--{name} is not a flag. {hint}"


def _unreadable(message: str) -> str:
    """`message` is absl's, about a missing value or a --flagfile."""
    if found := re.search(r"Missing value for flag --?(\w+)", message):
        return f"--{found[1]} has no value: write --{found[1]}=VALUE. See --help."
    if found := re.search(r"flagfile: \[Errno \d+\] (.*)", message):
        return f"--flagfile cannot be read ({found[1]}). Correct its path."
    if "--flagfile" in message:
        return "--flagfile has no value: write --flagfile=FILE. See --help."
    return f"{message}. See --help."


def _with_value(message: str) -> str:
    """`message` is absl's "--noNAME=VALUE does not take an argument"."""
    found = re.match(r"--?no(\w+)=(.*) does not take an argument", message, re.DOTALL)
    if not found:
        return f"{message}. See --help."
    name, value = found.groups()
    return (
        f"--no{name}={value} is not allowed: --no{name} takes no value. Write "
        f"--{name}=true or --{name}=false, or --no{name} alone."
    )


def _wrong_type(message: str, values: flags.FlagValues) -> str:
    """`message` is absl's "flag --NAME=VALUE: what Python said"."""
    found = re.match(r"flag --(\w+)=(.*?): ", message, re.DOTALL)
    if not found:
        return _unreadable(message)
    name, value = found.groups()
    kind = type(values[name].default)
    wanted = allowed.TYPES_IN_WORDS.get(kind, "as --help says")
    parser = values[name].parser
    if isinstance(parser, flags.EnumParser):
        wanted = f"one of {', '.join(parser.enum_values)}"
    return config.refusal(name, value, wanted)
