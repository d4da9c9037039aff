"""The means of the methods of a campaign, as a table of plain text."""

from collections.abc import Sequence

import numpy as np

from enas_tf.campaign.results import Retrained
from enas_tf.run import progress
from enas_tf.run.measures import Measure

MARGIN = "  "  # before each line of a table, and no other one
_HEAD = (
    *("method", "n", "arcs", "mean", "deviation", "parameters", "steps"),
    "seconds",
)


def lines(rows: Sequence[Retrained], searching: dict[str, float]) -> list[str]:
    """A line for each method, in the order in which they come, below a head.

    Args:
      rows: of all trainings.
      searching: the seconds of all searches of a method, by its name.
    """
    names = list(dict.fromkeys(row.method for row in rows))
    cells = [_cells([row for row in rows if row.method == name]) for name in names]
    found = aligned([_HEAD, *cells])
    for name, seconds in searching.items():
        found.append(f"  searches of {name}: {progress.duration(seconds)}")
    return found


def legend(measure: Measure) -> list[str]:
    """What the columns are, below the table.

    Args:
      measure: of the campaign's space.
    """
    score = f"the test {measure.name}"
    score = score if measure.sign > 0 else f"minus the logarithm of {score}"
    return [
        f"Mean and deviation are of {score}, higher is better; parameters are the "
        "geometric mean; steps and seconds are sums over the n trainings."
    ]


def _cells(rows: Sequence[Retrained]) -> tuple[str, ...]:
    scores = np.array([row.score for row in rows])
    deviation = f"{scores.std(ddof=1):.4f}" if len(scores) > 1 else "-"
    sizes = [row.parameters for row in rows if row.parameters]
    size = f"{round(np.exp(np.log(sizes).mean())):,}" if sizes else "-"
    return (
        rows[0].method,
        str(len(rows)),
        str(len({row.arc for row in rows})),
        f"{scores.mean():.4f}",
        deviation,
        size,
        f"{sum(row.steps for row in rows):,}",
        f"{sum(row.seconds for row in rows):,.0f}",
    )


def aligned(cells: Sequence[Sequence[str]], *, left: int = 1) -> list[str]:
    """Rows of words as lines; the first `left` columns to the left, others right."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [_line(row, widths, left) for row in cells]


def _line(row: Sequence[str], widths: Sequence[int], left: int) -> str:
    words = [
        word.ljust(width) if place < left else word.rjust(width)
        for place, (word, width) in enumerate(zip(row, widths, strict=True))
    ]
    return f"{MARGIN}{'  '.join(words)}".rstrip()
