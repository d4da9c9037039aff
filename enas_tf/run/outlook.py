"""What a command would take, as a dry run found it: a value, in words and as JSON."""

import dataclasses
import textwrap
from collections.abc import Mapping
from typing import Any, NamedTuple

from enas_tf.run import lines, progress

SHORT = 3  # the status of a command for which memory or disk will not do
_MEGABYTE = 1e6
_LABEL = 9  # columns of the names at the left


class Span(NamedTuple):
    """Seconds: what is expected, and an interval around it."""

    low: float
    expected: float
    high: float

    def plus(self, other: "Span") -> "Span":
        """Both, one after the other: what makes one slow makes the other slow."""
        return Span(*(a + b for a, b in zip(self, other, strict=True)))

    def times(self, low: float, expected: float, high: float) -> "Span":
        """Each of the three by a factor of its own."""
        return Span(self.low * low, self.expected * expected, self.high * high)


NOTHING = Span(0.0, 0.0, 0.0)


class Need(NamedTuple):
    """Bytes that are needed, and those that there are; None: the system says not."""

    needed: int
    free: int | None

    @property
    def is_met(self) -> bool:
        """Whether there is enough, as far as is known."""
        return self.free is None or self.needed <= self.free


class Sample(NamedTuple):
    """Units of a kind of work that were timed, and the mean seconds of one."""

    units: int
    seconds: float


@dataclasses.dataclass(frozen=True)
class Outlook:
    """What a command would take from here to its end.

    Attributes:
      mode: of the command.
      architectures: how many arcs the space has.
      shared_parameters: of the shared child; None where none is searched with.
      final_parameters: of final children, by what they are of, such as "median".
      stages: seconds of each stage, in their order.
      memory: the largest resident memory of the process.
      disk: what --output_dir grows to.
      rests_on: what was timed, by kind of work.
      shortage: why the command cannot be carried out; "" where it can.
    """

    mode: str
    architectures: int
    shared_parameters: int | None
    final_parameters: Mapping[str, int]
    stages: Mapping[str, Span]
    memory: Need
    disk: Need
    rests_on: Mapping[str, Sample]
    shortage: str = ""

    @property
    def total(self) -> Span:
        """Seconds of all stages."""
        found = NOTHING
        for span in self.stages.values():
            found = found.plus(span)
        return found

    def as_json(self) -> dict[str, Any]:
        """All of it as values of JSON."""
        spans = {**self.stages, "total": self.total}
        return dict(
            mode=self.mode,
            architectures=str(self.architectures),  # beyond what many read exactly
            shared_parameters=self.shared_parameters,
            final_parameters=dict(self.final_parameters),
            seconds=in_json(spans),
            memory=self.memory._asdict(),
            disk=self.disk._asdict(),
            rests_on={
                kind: dict(units=one.units, seconds=round(one.seconds, 5))
                for kind, one in self.rests_on.items()
            },
            shortage=self.shortage,
        )

    def __str__(self) -> str:
        """A block of lines of at most 80 columns."""
        form = "," if self.architectures < 10**6 else ".3e"
        timed = [
            f"{one.units:,} {kind} of {one.seconds:.2g} s"
            for kind, one in self.rests_on.items()
        ]
        found = [f"Dry run ({self.mode})"]
        found += folded("space", f"{self.architectures:{form}} architectures")
        found += folded("sizes", self._sizes())
        found += folded("memory", need_in_words(self.memory, "at the most"))
        found += folded("disk", need_in_words(self.disk, "at the most"))
        for name, span in {**self.stages, "in all": self.total}.items():
            found += folded(name, in_words(span))
        return "\n".join(found + folded("timed", ", ".join(timed)))

    def _sizes(self) -> str:
        """Parameters, of the shared child and of final ones."""
        parts = [f"{which} {size:,}" for which, size in self.final_parameters.items()]
        if self.shared_parameters is None:
            return f"parameters of a final child: {', '.join(parts)}"
        shared = f"shared child {self.shared_parameters:,} parameters"
        return f"{shared}; final children: {', '.join(parts)}" if parts else shared


def in_megabytes(count: int) -> str:
    """Bytes in words."""
    size = count / _MEGABYTE
    return f"{size / 1e3:,.1f} GB" if size >= 1e3 else f"{max(size, 0.1):.3g} MB"


def in_json(spans: Mapping[str, Span]) -> dict[str, dict[str, float]]:
    """Seconds by the name of what takes them, as values of JSON."""
    return {
        name: {key: round(value, 1) for key, value in span._asdict().items()}
        for name, span in spans.items()
    }


def need_in_words(need: Need, when: str) -> str:
    """`1.1 GB at the most (9.0 GB are there)`; `when` is the middle of it."""
    free = "" if need.free is None else f" ({in_megabytes(need.free)} are there)"
    return f"{in_megabytes(need.needed)} {when}{free}"


def in_words(span: Span) -> str:
    """`about 3 min (2 min 30 s to 4 min)`."""
    low, expected, high = (progress.duration(seconds) for seconds in span)
    return f"about {expected} ({low} to {high})"


def folded(label: str, text: str) -> list[str]:
    """`text` folded at spaces, behind `label`; a line each."""
    width = lines.WIDTH - _LABEL - 2
    parts = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return [
        f"  {label if place == 0 else '':<{_LABEL}}{line}"
        for place, line in enumerate(parts)
    ]
