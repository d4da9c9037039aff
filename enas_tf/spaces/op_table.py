"""A table of ops: a row for each, to which other programs can add theirs.

The rows of the package are in op_rows.py. A row is what can be known of an op without
TensorFlow; what the op computes is its other half.
"""

import contextlib
import dataclasses
import math
import re
from collections.abc import Iterator, Sequence
from typing import Generic, Protocol, TypeAlias, TypeVar

# A name is a part of the paths of weights and layers, of JSON and of curves.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,23}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")


class Named(Protocol):
    """A row of a table: it has a name."""

    @property
    def name(self) -> str:
        """The name by which the row is found."""


RowT = TypeVar("RowT", bound=Named)
# Which ops of a table there are to choose from: the first so many, or by name.
Choice: TypeAlias = int | Sequence[str]


@dataclasses.dataclass(frozen=True)
class OpRow:
    """One op, as arcs and pictures have it.

    Attributes:
      name: up to 24 small letters, digits and `_`, as arc files and pictures show it.
      colour: of its boxes in pictures, as `#rrggbb` in small letters; light, for dark
        letters stand on it.
    """

    name: str
    colour: str

    def __post_init__(self) -> None:
        """ValueError where the name or the colour cannot be one."""
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise ValueError(
                f"{self.name!r} cannot name an op: give it up to 24 small letters, "
                "digits and _, a letter first"
            )
        if not isinstance(self.colour, str) or not _COLOUR.fullmatch(self.colour):
            raise ValueError(
                f"the op {self.name} has the colour {self.colour!r}: it must be like "
                "'#a9cbe8', # and six of 0-9 and a-f"
            )


@dataclasses.dataclass(frozen=True)
class MicroOpRow(OpRow):
    """One op of a cell.

    Attributes:
      genotypes: what genotypes call it; the first one is written, all are read; none:
        as here.
      learned_bias: first value of a bias on its logit, which the controller learns; at
        10 beside 0 an untrained controller chooses it almost always.
      fixed_bias: added to its logit in the normal cell and never learned.
    """

    genotypes: tuple[str, ...] = ()
    learned_bias: float = 0.0
    fixed_bias: float = -0.25

    def __post_init__(self) -> None:
        """ValueError as of any row, or where the genotypes' names are one text."""
        super().__post_init__()
        given: object = self.genotypes
        if isinstance(given, str):
            raise ValueError(
                f"the op {self.name} has the genotype names {given!r}: give a tuple, "
                f"({given!r},)"
            )
        for bias in (self.learned_bias, self.fixed_bias):
            if not isinstance(bias, int | float) or not math.isfinite(bias):
                raise ValueError(
                    f"the op {self.name} has the bias {bias!r}: give a finite number"
                )

    @property
    def genotype_names(self) -> tuple[str, ...]:
        """Its names in genotypes, the name to write first."""
        return self.genotypes or (self.name,)


class OpTable(Generic[RowT]):
    """Rows in order; the place of an op is its number in every arc.

    One table serves a whole process: an arc's numbers must mean the same ops to the
    controller, the children, files and pictures.
    """

    def __init__(self, space: str, rows: Sequence[RowT]):
        """Create the table.

        Args:
          space: name of the space, for messages.
          rows: the published ops, one at least: others must be of its kind.
        """
        self.space = space
        self._kind = type(rows[0])
        self._rows: tuple[RowT, ...] = ()
        for row in rows:
            self.add(row)
        self._published = self.names

    @property
    def rows(self) -> tuple[RowT, ...]:
        """All rows, the published ones first."""
        return self._rows

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all rows, in id order."""
        return tuple(row.name for row in self._rows)

    @property
    def published(self) -> tuple[str, ...]:
        """The names of those that the table began with."""
        return self._published

    def others(self, names: Sequence[str]) -> list[str]:
        """Those of `names` that are not of the published ops."""
        return [name for name in names if name not in self._published]

    def __iter__(self) -> Iterator[RowT]:
        """The rows, in id order."""
        return iter(self._rows)

    def __getitem__(self, op: str | int) -> RowT:
        """The row of the op of that name or number; ValueError if there is none."""
        for number, row in enumerate(self._rows):
            if op in (number, row.name):
                return row
        raise ValueError(
            f"{op!r} is no op of the {self.space} space; its ops are "
            f"{', '.join(self.names)}. Add it first"
        )

    def first(self, count: int) -> tuple[RowT, ...]:
        """The first `count` rows; ValueError where there are not so many."""
        most = len(self._rows)
        if not 1 <= count <= most:
            raise ValueError(f"the {self.space} space has 1 to {most} ops, not {count}")
        return self._rows[:count]

    def chosen(self, choice: Choice) -> tuple[RowT, ...]:
        """The first so many rows, or those of the names; ValueError as of either."""
        if isinstance(choice, int):
            return self.first(choice)
        return tuple(self[name] for name in choice)

    def add(self, row: RowT) -> None:
        """One more op, for good; the same row again changes nothing.

        Raises:
          ValueError: see `check`.
        """
        self.check(row)
        if row not in self._rows:
            self._rows += (row,)

    def check(self, row: RowT) -> None:
        """Change nothing.

        Raises:
          ValueError: it is of another kind, or another op has its name, here or in
            genotypes.
        """
        if not isinstance(row, self._kind):
            came = getattr(row, "name", row)
            raise ValueError(
                f"an op of the {self.space} space must be a {self._kind.__name__}, and "
                f"{came!r} is a {type(row).__name__}"
            )
        for other in self._rows:
            both = set() if other == row else _names_of(other) & _names_of(row)
            if both:
                name = other.name if other.name in both else both.pop()
                called = "" if name == other.name else f", {other.name}"
                raise ValueError(
                    f"the {self.space} space has an op {name} already{called}: give "
                    "yours another name"
                )

    def go_back(self, rows: Sequence[RowT]) -> None:
        """Have the rows of before again."""
        self._rows = tuple(rows)

    @contextlib.contextmanager
    def added(self, *rows: RowT) -> Iterator[None]:
        """More ops, until the block ends."""
        before = self._rows
        try:
            for row in rows:
                self.add(row)
            yield
        finally:
            self._rows = before


def _names_of(row: Named) -> set[str]:
    """All that it is called, so that no genotype can mean two ops."""
    return {row.name, *getattr(row, "genotypes", ())}
