"""A table that is read anew at each look, so that what comes later is in it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

ValueT = TypeVar("ValueT")


class Live(Mapping[str, ValueT]):
    """A table whose keys and rows are found when they are asked for."""

    def __init__(self, keys: Callable[[], Iterable[str]], row: Callable[[str], ValueT]):
        """A live table.

        Args:
          keys: all keys, in order.
          row: from a key to what stands there.
        """
        self._keys = keys
        self._row = row

    def __getitem__(self, key: str) -> ValueT:
        """The row as it is now; KeyError where there is none."""
        if key not in self._keys():
            raise KeyError(key)
        return self._row(key)

    def __iter__(self) -> Iterator[str]:
        """The keys of now."""
        return iter(tuple(self._keys()))

    def __len__(self) -> int:
        """The number of them now."""
        return len(tuple(self._keys()))

    def __repr__(self) -> str:
        """As of the dict of now."""
        return repr(dict(self))
