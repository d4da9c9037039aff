"""The error of a user's mistake, and the words in which a wrong value is refused.

No TensorFlow, as in config/sections.py, which hands these on.
"""

_LONGEST = 200  # characters of a value that a refusal shows


class ConfigError(ValueError):
    """A user's mistake: one line that says what came, what is allowed, what to do."""


def refusal(flag: str, value: object, allowed: str, remedy: str = "") -> str:
    """The one line in which every refusal of a flag's value is written."""
    shown = str(value)
    if value == "" or isinstance(value, str) and (" " in value or "\0" in value):
        shown = repr(value)
    shown = cut(shown)
    remedy = remedy or f"Change --{flag}, or leave it out for its default."
    return f"--{flag}={shown} is not allowed: it must be {allowed}. {remedy}"


def cut(text: str) -> str:
    """`text`, at most as long as a message shows it."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def range_in_words(low: float | None, high: float | None) -> str:
    """`from 0 to 1`; at least one of the two is a number."""
    if low is None:
        return f"at most {high}"
    if high is None:
        return f"at least {low}"
    return f"from {low} to {high}"
