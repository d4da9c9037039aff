"""A plan as it grows: searches first, then the trainings of their arcs.

So the jobs that wait for nothing come before those that wait, each in one piece.
"""

from collections.abc import Iterable

from enas_tf.campaign import jobs
from enas_tf.campaign.asked import Asked
from enas_tf.campaign.jobs import Job, Pick


class Building:
    """The jobs of a campaign, while they are listed."""

    def __init__(self, asked: Asked):
        """No job yet.

        Args:
          asked: says how many searches, arcs and trainings of each there are.
        """
        self._asked = asked
        self._searches: list[Job] = []
        self._trainings: list[Job] = []

    @property
    def search_seeds(self) -> range:
        """The seed of each search of a method."""
        first = self._asked.seed
        return range(first, first + self._asked.sizes.compare_search_seeds)

    @property
    def retrain_seeds(self) -> range:
        """The seed of each training of an arc: the same ones for all arcs."""
        first = self._asked.seed
        return range(first, first + self._asked.sizes.compare_retrain_seeds)

    def search(self, method: str, seed: int, **more: object) -> int:
        """Lists a search; its number.

        Args:
          method: that it belongs to.
          seed: of the search.
          **more: settings by flag name, beside those of the command.
        """
        flags = self._asked.search_words(seed, **more)
        self._searches.append(
            Job(f"{method}_s{seed}", jobs.SEARCH, flags, method, seed)
        )
        return len(self._searches) - 1

    def trainings(
        self,
        method: str,
        arcs: Iterable[Pick | str],
        *,
        search: int = jobs.NO_SEED,
        seeds: Iterable[int] | None = None,
        notes: Iterable[str] = (),
    ) -> None:
        """Lists the trainings of `arcs` from scratch.

        Args:
          method: that found them.
          arcs: known, or to be found by a search.
          search: the seed of that search, if there is one.
          seeds: of the trainings of each arc; `retrain_seeds` if left out.
          notes: what is to be told of each arc.
        """
        told = list(notes)
        for place, arc in enumerate(arcs):
            of = "" if search == jobs.NO_SEED else f"_s{search}"
            for seed in self.retrain_seeds if seeds is None else seeds:
                self._trainings.append(
                    Job(
                        f"{method}{of}_arc{place}_r{seed}",
                        jobs.TRAIN,
                        self._asked.train_words(seed),
                        method,
                        search,
                        seed,
                        arc=arc if isinstance(arc, str) else "",
                        pick=arc if isinstance(arc, Pick) else None,
                        note=told[place] if told else "",
                    )
                )

    def jobs(self) -> list[Job]:
        """All of them; a job's number is its place."""
        return [*self._searches, *self._trainings]
