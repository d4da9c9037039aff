"""What --child_fixed_arc may be: integers, an arc's file, or a published arc's name.

All forms end as the integers of the original, checked by the space they belong to.
"""

import json
import pathlib
from collections.abc import Callable
from typing import Any, NamedTuple

from enas_tf import config
from enas_tf.spaces import base, macro

# Beyond the size of any arc's file; keeps a wrong file from being read whole.
_MOST_CHARACTERS = 1_000_000
_MOST_LAYERS = config.ChildConfig.__dataclass_fields__["num_layers"].metadata["high"]
# A value of nothing else is meant as integers, however wrong.
_OF_INTEGERS = "0123456789|,-. \t\n"


class Form(NamedTuple):
    """How the arcs of one space are written.

    Attributes:
      named: published arcs, name to integers.
      space_of: from the number of integers and the child's settings to the space that
        has such arcs; ValueError where there is none.
      length_of: from the JSON object of an arc to its number of integers.
      follows: from the number of integers to the settings that follow from it.
    """

    named: dict[str, str]
    space_of: Callable[[int, config.ChildConfig], base.SearchSpace]
    length_of: Callable[[dict[str, Any]], int]
    follows: Callable[[int], dict[str, Any]]


def _macro_space(length: int, child: config.ChildConfig) -> base.SearchSpace:
    layers = macro.layers_of_length(length)
    if layers > _MOST_LAYERS:
        raise ValueError(f"the arc has {layers} layers, more than {_MOST_LAYERS}")
    return macro.MacroSpace(layers, num_ops=child.num_branches)


def _macro_length(fields: dict[str, Any]) -> int:
    layers = len(fields["layers"])
    return layers * (layers + 1) // 2


def _macro_follows(length: int) -> dict[str, Any]:
    return {"child_num_layers": macro.layers_of_length(length)}


FORMS: dict[str, Form] = {
    "macro": Form(macro.NAMED_ARCS, _macro_space, _macro_length, _macro_follows),
}


def arc_text(value: str, space_name: str, child: config.ChildConfig) -> str:
    """The integers of the arc that `value` gives, one space between them.

    Args:
      value: of --child_fixed_arc: integers, a path to best.json or best.txt, or a name.
      space_name: a key of `FORMS`.
      child: how many ops there are to choose from.

    Raises:
      ConfigError: the file cannot be read, or there is no such arc.
    """
    form = FORMS[space_name]
    if value in form.named:
        return _checked(form.named[value], form, child, source=f" ({value})")
    if not _is_path(value):
        return _checked(value, form, child)
    text = _read(value, form)
    is_json = value.endswith(".json") or text.lstrip().startswith("{")
    read = _from_json if is_json else _checked
    return read(text, form, child, source=f" (in {value})")


def follows(text: str, space_name: str) -> dict[str, Any]:
    """The settings, by flag name, that follow from the arc of the integers `text`."""
    return FORMS[space_name].follows(len(text.split()))


def _is_path(value: str) -> bool:
    """Whether `value` means a file (or a name that is none) rather than integers."""
    if not value.strip(_OF_INTEGERS):
        return False
    return "/" in value or value.endswith((".json", ".txt")) or len(value.split()) == 1


def _read(value: str, form: Form) -> str:
    path = pathlib.Path(value).expanduser()
    try:
        if not path.exists():
            raise _refusal(f"there is no file {value!r}", form)
        if not path.is_file():
            raise _refusal(f"{value!r} is not a file", form)
        with path.open(encoding="utf-8") as file:
            return file.read(_MOST_CHARACTERS)
    except OSError as error:
        reason = error.strerror or error
        raise _refusal(f"{value!r} cannot be read ({reason})", form) from None
    except UnicodeDecodeError:
        raise _refusal(f"{value!r} is not text", form) from None


def _checked(
    text: str, form: Form, child: config.ChildConfig, *, source: str = ""
) -> str:
    words = text.replace("|", " ").replace(",", " ").split()
    # The smallest space will do to be told which word is no integer.
    length = len(words) if words and all(word.isdecimal() for word in words) else 1
    try:
        space = form.space_of(length, child)
        return space.text(space.parse(text))
    except ValueError as error:
        raise _refusal(f"{error}{source}", form) from None


def _from_json(
    text: str, form: Form, child: config.ChildConfig, *, source: str = ""
) -> str:
    try:
        length = max(1, form.length_of(json.loads(text)))
    except (ValueError, LookupError, TypeError, RecursionError):
        length = 1  # the smallest space will do to be told what is wrong
    try:
        space = form.space_of(length, child)
        return space.text(space.from_json(text))
    except (ValueError, RecursionError) as error:
        raise _refusal(f"{error}{source}", form) from None


def _refusal(reason: str, form: Form) -> config.ConfigError:
    return config.ConfigError(
        f"--child_fixed_arc is not an arc: {reason}. Give integers, a file "
        f"(arcs/best.json, arcs/best.txt) or a name ({', '.join(form.named)})."
    )
