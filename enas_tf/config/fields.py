"""How a section of settings is made: its fields, and a place for a space's own.

No TensorFlow, as in config/sections.py, which has all of them.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, Self, TypeVar

from enas_tf.config.live import Live

SectionT = TypeVar("SectionT")


class Carrier:
    """Of a section that carries the settings that single spaces have for their own.

    A subclass is a frozen dataclass with a field `own`, by default empty.
    """

    own: tuple[object, ...]

    def own_section(self, kind: type[SectionT]) -> SectionT:
        """The space's own settings, of the class that its spec names."""
        found = (one for one in self.own if isinstance(one, kind))
        return next(found, kind())

    def with_own(self, settings: object) -> Self:
        """This section with `settings` in place of those of the same class."""
        kind = type(settings)
        others = tuple(one for one in self.own if type(one) is not kind)
        mine = () if settings == kind() else (settings,)
        # A subclass is a dataclass, which this class cannot say of itself.
        return dataclasses.replace(self, own=others + mine)  # type: ignore[type-var]


def field(
    default: object,
    help: str | Callable[[], str],
    *,
    choices: Sequence[str] | Callable[[], Sequence[str]] = (),
    low: float | None = None,
    high: float | Callable[[], float] | None = None,
    shapes_result: bool = True,
    spaces: Sequence[str] = (),
) -> Any:
    """A dataclass field whose metadata holds its help text and its allowed range.

    Args:
      default: the published macro search's value, or the original flag's default.
      help: one line for `--help`, or what makes it when it is looked at.
      choices: the allowed strings, if the field is one of a few, or what makes them;
        other programs may then add some (`grows` in the metadata).
      low: smallest allowed number, inclusive.
      high: largest allowed number, inclusive, or what makes it.
      shapes_result: False for a setting that may change between two runs of the same
        command (a folder, how often to print) without changing what is computed.
      spaces: the search spaces that have such a part, `registry.Names`; empty: all.
    """
    metadata = dict(
        help=help,
        choices=choices,
        low=low,
        high=high,
        shapes_result=shapes_result,
        spaces=spaces,
        grows=callable(choices),
    )
    return dataclasses.field(
        default=default,
        metadata=Live(lambda: metadata, lambda key: _now(metadata[key])),
    )


def _now(value: object) -> Any:
    """The value of a setting's metadata, made now where a function makes it."""
    return value() if callable(value) else value
