"""JSON as a user gives it, read to the letter: nothing is bent or passed over.

Python's own reader takes the last of two equal names, and compares 1, 1.0 and true as
equal. Every function here raises a ValueError that says what came, where, and what is
allowed.
"""

import json
import reprlib
from collections.abc import Sequence
from typing import Any

_MOST_DIGITS = 20  # of an integer; all that an arc has are short
_REPR = reprlib.Repr()
_REPR.maxstring = 100


def read(text: str) -> Any:
    """The JSON value in `text`; ValueError if it is none, or a name is given twice."""
    try:
        return json.loads(text, object_pairs_hook=_object, parse_int=integer)
    except json.JSONDecodeError as error:
        raise ValueError(f"this is not JSON ({error})") from None
    except RecursionError:
        raise ValueError("this is not JSON (it is nested too deeply)") from None


def integer(digits: str) -> int:
    """The integer of a text that is one; ValueError if it is beyond reason."""
    count = len(digits.lstrip("-"))
    if count > _MOST_DIGITS:
        raise ValueError(f"a number has {count} digits, at most {_MOST_DIGITS} will do")
    return int(digits)


def shown(value: object) -> str:
    """`value` as JSON writes it, or what is short of it."""
    if value is None or isinstance(value, bool | float):
        return json.dumps(value)
    try:
        return _REPR.repr(value)
    except ValueError:  # Python writes no integer of thousands of digits
        return "a huge number"


def whole(value: object, where: str) -> int:
    """`value`, an integer, and neither 1.0 nor true."""
    if type(value) is not int:
        raise ValueError(f"{where} is {shown(value)}, not a whole number")
    return value


def elements(value: object, where: str) -> list[Any]:
    """`value`, a list."""
    if not isinstance(value, list):
        raise ValueError(f"{where} is {shown(value)}, not a list")
    return value


def only(value: object, names: Sequence[str], where: str) -> dict[str, Any]:
    """`value`, an object that has all of `names` and no others."""
    if not isinstance(value, dict):
        raise ValueError(f"{where} is {shown(value)}, not an object")
    allowed = f"its fields are {', '.join(names)}"
    if missing := [name for name in names if name not in value]:
        raise ValueError(f"{where} lacks {', '.join(missing)}; {allowed}")
    if unknown := [name for name in value if name not in names]:
        raise ValueError(f"{where} has the field {shown(unknown[0])}; {allowed}")
    return value


def place(value: object, allowed: Sequence[str], where: str) -> int:
    """The place of the word `value` among those that are `allowed`."""
    if value not in allowed:
        words = ", ".join(allowed)
        missing = f"; missing: {value}" if isinstance(value, str) else ""
        raise ValueError(
            f"{where} has the op {shown(value)}, allowed are {words}{missing}"
        )
    return allowed.index(value)


def _object(pairs: list[tuple[str, object]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{shown(name)} is given twice in one object")
        found[name] = value
    return found
