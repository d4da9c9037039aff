"""Which sections there are, in which order, and how long each may take.

The published sizes, three spaces. A section is a process: what it does to TensorFlow
(deterministic kernels, TF32, a crash) ends with it. No TensorFlow here.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from enas_tf.config import child

PRECISION = "child_precision"
# By macro, micro and rnn on an H200, whose search sections took 73 to 88 s.
SEARCH_SECONDS, PART_SECONDS, FINAL_SECONDS, XLA_SECONDS = 150.0, 90.0, 240.0, 120.0
RESUME_SECONDS = 240.0  # three processes, each of which builds a search
MINUTES = 25.0
# By space, a child of next to nothing, with which only the code is tried.
SMALL: dict[str, dict[str, str | int]] = dict(
    macro=dict(child_num_layers=3, child_out_filters=2),
    micro=dict(child_num_layers=1, child_num_cells=2, child_out_filters=2),
    rnn=dict(child_num_layers=2, child_hidden_size=4),
)


class Order(NamedTuple):
    """What one process measures.

    Attributes:
      kind: which file measures it: search, final, xla or resume.
      space: its name.
      label: begins the names of the figures, behind the space; "" or "final.".
      settings: of the child, other than the published ones.
      deterministic: whether kernels are.
      wanted: the names of the kind's parts; () for all.
      small: whether the child is that of `SMALL`.
    """

    kind: str
    space: str
    label: str = ""
    settings: dict[str, str | int] = {}
    deterministic: bool = False
    wanted: Sequence[str] = ()
    small: bool = False

    @property
    def prefix(self) -> str:
        """What the names of its figures begin with."""
        return f"gpu.{self.space}.{self.label}"


class Section(NamedTuple):
    """An order, and the seconds that its process may take."""

    order: Order
    seconds: float


def _search(space: str) -> Iterator[Section]:
    yield Section(Order("search", space), SEARCH_SECONDS)


def _deterministic(space: str) -> Iterator[Section]:
    order = Order("search", space, "deterministic.", {}, True, ("step", "reward"))
    yield Section(order, PART_SECONDS)


def _final(space: str) -> Iterator[Section]:
    yield Section(Order("final", space, "final."), FINAL_SECONDS)


def _xla(space: str) -> Iterator[Section]:
    yield Section(Order("xla", space, "final."), XLA_SECONDS)


def _resume(space: str) -> Iterator[Section]:
    yield Section(Order("resume", space), RESUME_SECONDS)


def _precision(space: str) -> Iterator[Section]:
    for lower in child.PRECISIONS[1:]:
        settings: dict[str, str | int] = {PRECISION: lower}
        wanted = ("step", "reward")
        order = Order("search", space, f"{lower}.", settings, False, wanted)
        yield Section(order, PART_SECONDS)
        order = Order("final", space, f"{lower}.final.", settings, False, ("step",))
        yield Section(order, PART_SECONDS)


# From the name of a part to what it measures of a space; in order of importance.
PARTS: dict[str, Callable[[str], Iterator[Section]]] = dict(
    search=_search,
    deterministic=_deterministic,
    resume=_resume,
    precision=_precision,
    final=_final,
    xla=_xla,
)


def sections(spaces: Sequence[str], parts: Sequence[str]) -> list[Section]:
    """All of them, part by part in the order of `PARTS`, in each the spaces."""
    chosen = [part for part in PARTS if part in parts]
    return [one for part in chosen for space in spaces for one in PARTS[part](space)]
