"""What a search found, as values that print well, and show well in a notebook.

A notebook asks for `_repr_png_` and `_repr_html_`; everything else for `str`.
"""

import dataclasses
import html
from collections.abc import Iterator, Sequence
from typing import Any, overload

from enas_tf.run import rows as rows_lib
from enas_tf.spaces import base

SHOWN = 10  # rows of a table that are shown


@dataclasses.dataclass(frozen=True)
class FoundArc:
    """One architecture of a search.

    Attributes:
      space: that it is of.
      arc: the `NamedTuple` of that space, such as `MacroArc`, for `final_macro_child`
        and the like.
      title: of its picture.
    """

    space: base.SearchSpace[Any] = dataclasses.field(repr=False, compare=False)
    arc: Any
    title: str = dataclasses.field(default="", repr=False, compare=False)

    @property
    def text(self) -> str:
        """Its integers, a value of `child_fixed_arc`."""
        return self.space.text(self.arc)

    def __str__(self) -> str:
        """It in words, and its integers."""
        return f"{self.space.describe(self.arc)}\n{self.text}"

    def _repr_png_(self) -> bytes:
        from enas_tf import plots  # which imports matplotlib

        return plots.arc_png(self.space, self.arc, title=self.title)


@dataclasses.dataclass(frozen=True)
class Compared:
    """The policy of a search beside random arcs, under the shared weights.

    Attributes:
      measure: what is compared: "accuracy" or "perplexity".
      policy: mean over arcs of the policy.
      random: mean over random arcs.
      contrast: policy less random; of perplexities, policy over random.
      low: of its 95 % interval.
      high: of its 95 % interval.
      sentences: the same in words, and what is to be known with it.
    """

    measure: str
    policy: float
    random: float
    contrast: float
    low: float
    high: float
    sentences: tuple[str, ...] = dataclasses.field(repr=False)

    def __str__(self) -> str:
        """A sentence a line."""
        return "\n".join(self.sentences)

    def _repr_html_(self) -> str:
        names = ("measure", "policy", "random", "contrast", "low", "high")
        row = {name: getattr(self, name) for name in names}
        words = "".join(f"<p>{html.escape(line)}</p>" for line in self.sentences)
        return table(row, [row]) + words


class Arcs(Sequence[rows_lib.Row]):
    """Arcs with figures, a mapping each, best first; `pandas.DataFrame` takes it."""

    def __init__(self, rows: Sequence[rows_lib.Row]):
        """Holds them in their order.

        Args:
          rows: of equal keys, one of which is "arc": its integers.
        """
        self._rows = list(rows)

    @overload
    def __getitem__(self, place: int) -> rows_lib.Row: ...

    @overload
    def __getitem__(self, place: slice) -> "Arcs": ...

    def __getitem__(self, place: int | slice) -> "rows_lib.Row | Arcs":
        """A row, or several as a table."""
        if isinstance(place, slice):
            return Arcs(self._rows[place])
        return self._rows[place]

    def __len__(self) -> int:
        """The number of arcs."""
        return len(self._rows)

    def __iter__(self) -> Iterator[rows_lib.Row]:
        """The rows, best first."""
        return iter(self._rows)

    def __repr__(self) -> str:
        """The first of them below each other."""
        if not self._rows:
            return "no arcs"
        names = list(self._rows[0])
        cells = [names, *([_cell(r.get(n)) for n in names] for r in self._rows[:SHOWN])]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = [
            "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
            for row in cells
        ]
        return "\n".join(lines + self._more())

    def _repr_html_(self) -> str:
        if not self._rows:
            return "<p>no arcs</p>"
        more = "".join(f"<p>{line}</p>" for line in self._more())
        return table(self._rows[0], self._rows[:SHOWN]) + more

    def _more(self) -> list[str]:
        left = len(self._rows) - SHOWN
        return [f"and {left} more"] if left > 0 else []


def table(names: rows_lib.Row, rows: Sequence[rows_lib.Row]) -> str:
    """`rows` as a table of HTML, whose columns are the keys of `names`."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
    body = "".join(
        "<tr>"
        + "".join(f"<td>{html.escape(_cell(row.get(name)))}</td>" for name in names)
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.4f}" if isinstance(value, float) else str(value)
