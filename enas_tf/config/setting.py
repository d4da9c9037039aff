"""One setting, and the words in which a wrong value of it is refused.

No TensorFlow, as in config/sections.py, which has all of them.
"""

import dataclasses
from typing import Any

_LONGEST = 200  # characters of a value that a refusal shows


class ConfigError(ValueError):
    """A user's mistake: one line that says what came, what is allowed, what to do."""


def setting(
    default: object,
    help: str,
    *,
    choices: tuple[str, ...] = (),
    low: float | None = None,
    high: float | None = None,
    shapes_result: bool = True,
    spaces: tuple[str, ...] = (),
) -> Any:
    """A dataclass field whose metadata holds its help text and its allowed range.

    Args:
      default: the published macro search's value, or the original flag's default.
      help: one line for `--help`.
      choices: the allowed strings, if the field is one of a few.
      low: smallest allowed number, inclusive.
      high: largest allowed number, inclusive.
      shapes_result: False for a setting that may change between two runs of the same
        command (a folder, how often to print) without changing what is computed.
      spaces: the search spaces that have such a part; empty: all of them.
    """
    metadata = dict(
        help=help,
        choices=choices,
        low=low,
        high=high,
        shapes_result=shapes_result,
        spaces=spaces,
    )
    return dataclasses.field(default=default, metadata=metadata)


def refusal(flag: str, value: object, allowed: str, remedy: str = "") -> str:
    """The one line in which every refusal of a flag's value is written."""
    shown = str(value)
    if value == "" or isinstance(value, str) and (" " in value or "\0" in value):
        shown = repr(value)
    if len(shown) > _LONGEST:
        shown = f"{shown[:_LONGEST]}..."
    remedy = remedy or f"Change --{flag}, or leave it out for its default."
    return f"--{flag}={shown} is not allowed: it must be {allowed}. {remedy}"


def range_in_words(low: float | None, high: float | None) -> str:
    """`from 0 to 1`; at least one of the two is a number."""
    if low is None:
        return f"at most {high}"
    if high is None:
        return f"at least {low}"
    return f"from {low} to {high}"
