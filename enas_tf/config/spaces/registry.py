"""The registry: every space that --search_for may name, and tables by space.

Tables are read anew at each look, so that a space that is registered later is in all of
them. To add one from outside: `config/register.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar, overload

from enas_tf.config.live import Live
from enas_tf.config.spaces import macro, micro, references, rnn
from enas_tf.config.spaces.spec import SpaceSpec

ValueT = TypeVar("ValueT")

SPECS: dict[str, SpaceSpec] = {
    spec.name: spec for spec in (macro.SPEC, micro.SPEC, rnn.SPEC)
}


class Names(Sequence[str]):
    """The names of the spaces that have a part, or of all of them."""

    def __init__(self, part: str = ""):
        """A live sequence.

        Args:
          part: as in `SpaceSpec.has`; "" for all spaces.
        """
        self.part = part

    def _now(self) -> tuple[str, ...]:
        part = self.part
        return tuple(n for n, spec in SPECS.items() if not part or spec.has(part))

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...
    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        """As of the tuple of now."""
        return self._now()[place]

    def __len__(self) -> int:
        """The number of them now."""
        return len(self._now())

    def __repr__(self) -> str:
        """As of the tuple of now."""
        return repr(self._now())


def table(row: Callable[[SpaceSpec], ValueT]) -> Mapping[str, ValueT]:
    """A row of each space, by its name."""
    return Live(lambda: SPECS, lambda name: row(SPECS[name]))


def most_ops() -> int:
    """As many ops as the space with the most of them has."""
    return max(len(references.load(spec.arcs).ops) for spec in SPECS.values())


def explained(flag: str, help: str) -> Callable[[], str]:
    """The help text of `flag`, with what it means to some spaces; made at each look."""
    return lambda: f"{help}{meanings(flag)}."


def meanings(flag: str, *, brief: bool = False) -> str:
    """The meaning of `flag` to some spaces, `; micro: its cells; rnn: nodes`, or ""."""
    field = "brief" if brief else "meanings"
    names: dict[str, list[str]] = {}
    for spec in SPECS.values():
        for about, words in (*getattr(spec.data, field), *getattr(spec, field)):
            if about == flag:
                names.setdefault(words, []).append(spec.name)
    return "".join(f"; {' and '.join(who)}: {words}" for words, who in names.items())
