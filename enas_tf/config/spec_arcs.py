"""What the arcs of a space from outside must be: a `Form`, its space, its named arcs.

The answers are words that follow "The space ... cannot be registered:".
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from enas_tf.config import sections as config_lib
from enas_tf.config.errors import ConfigError
from enas_tf.config.spaces import references
from enas_tf.config.spaces.spec import SpaceSpec

# Of rooms above this one.
_FORM, _SEARCH_SPACE = "enas_tf.arcs.forms:Form", "enas_tf.spaces.base:SearchSpace"


class Space(Protocol):
    """What is asked of the space of some size."""

    name: str

    def parse(self, text: str) -> object:
        """The arc of the integers `text`; ValueError if it is none."""


class Form(Protocol):
    """What is asked of an `arcs.forms.Form`, which says what its parts are."""

    named: Mapping[str, object]
    sized_by: str
    space: type[Space]
    ops: tuple[str, ...]
    size_of_length: Callable[[int], int]

    def of_size(self, size: int, num_ops: int) -> Space:
        """The space of that size; ValueError where it is not allowed."""


def form(spec: SpaceSpec) -> Form | str:
    """The form of the spec, or what is wrong with it."""
    try:
        found, kind = (references.load(one) for one in (spec.arcs, _FORM))
    except ConfigError as error:
        return f"its arcs: {error}"
    if not isinstance(found, kind):
        return f"its arcs must be an arcs.forms.Form, not {found!r}"
    space, above = found.space, references.load(_SEARCH_SPACE)
    if not isinstance(space, type) or not issubclass(space, above):
        return f"the space of its arcs must be a SearchSpace, not {space!r}"
    return found


def wrong(spec: SpaceSpec, found: Form) -> str:
    """What is wrong with its size, name or named arcs; "" if nothing is."""
    numbers = {
        item.flag
        for item in config_lib.settings()
        if None not in (item.field.metadata["low"], item.field.metadata["high"])
    }
    if found.sized_by not in numbers:
        return (
            f"its arcs are sized by {found.sized_by!r}, which is no flag with a range"
        )
    if found.space.name != spec.name:
        return f"its SearchSpace has the name {found.space.name!r}"
    for name, text in found.named.items():
        if reason := _wrong_arc(found, text):
            return f"its arc named {name} is none: {reason}"
    return ""


def _wrong_arc(found: Form, text: object) -> str:
    if not isinstance(text, str):
        return f"it is {text!r}, not text"
    try:
        size = found.size_of_length(len(text.replace("|", " ").split()))
        found.of_size(size, len(found.ops)).parse(text)
    except ValueError as error:
        return str(error)
    return ""
