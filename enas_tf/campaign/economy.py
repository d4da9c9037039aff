"""What shared weights save: how long training every scored arc would have taken.

Pham et al. (2018, "Efficient Neural Architecture Search via Parameter Sharing",
abstract) say that it is 1,000 times less expensive in GPU hours than a search that
trains each arc. Here the other side is extrapolated from the campaign's own trainings.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from enas_tf.campaign import jobs
from enas_tf.campaign.results import Retrained
from enas_tf.run import layout, progress, rows
from enas_tf.run.folder import RunFolder

PAPERS_RATIO = 1000
_KEYS = ("stage", "kind", "step")


class Economy(NamedTuple):
    """One search on average, and what it stands for.

    Attributes:
      searches: of which it is the mean.
      scored: arcs that were given a score, those that were drawn twice twice.
      seconds: of the search.
      training: seconds of a training from scratch, on average.
      sample: how many trainings that is the mean of.
    """

    searches: int
    scored: float
    seconds: float
    training: float
    sample: int

    @property
    def extrapolated(self) -> float:
        """Seconds of training each scored arc from scratch."""
        return self.scored * self.training

    @property
    def ratio(self) -> float:
        """How many times as long that is."""
        return self.extrapolated / self.seconds

    @property
    def words(self) -> str:
        """A line."""
        whole, own = (
            progress.duration(value) for value in (self.extrapolated, self.seconds)
        )
        of = "A search" if self.searches == 1 else f"Each of {self.searches} searches"
        count = "1 training" if self.sample == 1 else f"{self.sample} trainings"
        return (
            f"{of} scored {self.scored:,.0f} arcs in {own}. Training each from scratch "
            f"would take {whole} (extrapolated from {count} of "
            f"{progress.duration(self.training)}), {self.ratio:,.0f} times as long; "
            f"the paper says {PAPERS_RATIO:,}."
        )

    def in_json(self) -> dict[str, float]:
        """As JSON has it."""
        more = dict(extrapolated=self.extrapolated, ratio=self.ratio)
        return {**self._asdict(), **more}


def of(searches: Sequence[RunFolder], trained: Sequence[Retrained]) -> Economy | None:
    """The economy of these searches; None where nothing was timed.

    Args:
      searches: their folders; they are done.
      trained: rows of trainings by one recipe.
    """
    spent = [run.seconds(jobs.SEARCH) for run in searches]
    took = [row.seconds for row in trained]
    if not sum(spent) or not sum(took):
        return None
    scored = np.mean([arcs_scored(run) for run in searches])
    means = float(scored), float(np.mean(spent)), float(np.mean(took))
    return Economy(len(searches), means[0], means[1], means[2], len(took))


def arcs_scored(run: RunFolder) -> int:
    """Arcs that a search rewarded, and those that it scored at its end."""
    found = rows.read(run.path / layout.METRICS, keys=_KEYS).rows
    updates = [
        int(row["step"])
        for _, row in found
        if (row["stage"], row["kind"]) == ("search", "controller")
    ]
    settings = run.settings("search", needed=False)
    rewarded = max(updates, default=0) * settings.get("controller_num_aggregate", 0)
    derived = run.arcs / layout.DERIVED
    listed = derived.read_bytes().count(b"\n") if derived.is_file() else 0
    return rewarded + listed
