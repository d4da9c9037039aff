"""A job: one ordinary run of a campaign, and the arc that it waits for.

Plain data, kept in plan.json.
"""

from typing import NamedTuple

from enas_tf.run.rows import Row

NO_SEED = -1
SEARCH, TRAIN = "search", "train"
# Which of the arcs that a search scored, see arcs.py.
POLICY, BEST_RANDOM, RANDOM, MATCHED, LARGEST, EVOLUTION = GROUPS = (
    "policy",
    "best_random",
    "random",
    "matched",
    "largest",
    "evolution",
)


class Pick(NamedTuple):
    """An arc that another job is to find.

    Attributes:
      job: the number of that search.
      group: of `GROUPS`.
      place: which of them, from 0.
    """

    job: int
    group: str
    place: int


class Job(NamedTuple):
    """One run.

    Attributes:
      name: of its folder, behind its number.
      mode: "search" or "train".
      flags: each a word, without --mode, --output_dir and the arc.
      method: the group of a table that it belongs to.
      search: the seed of the search; `NO_SEED` where there is none.
      retrain: the seed of the training; `NO_SEED` of a search.
      arc: to train; "" where it is picked, or searched for.
      pick: where the arc comes from; None where it is known, or searched for.
      note: what is to be told of it, such as the decision that was changed.
    """

    name: str
    mode: str
    flags: tuple[str, ...]
    method: str
    search: int = NO_SEED
    retrain: int = NO_SEED
    arc: str = ""
    pick: Pick | None = None
    note: str = ""


def to_json(job: Job) -> dict[str, object]:
    """`job` as an object of JSON."""
    return {**job._asdict(), "flags": list(job.flags), "pick": job.pick}


def from_json(row: Row) -> Job:
    """`to_json` inverted; KeyError or TypeError where it is no job."""
    pick = None if row["pick"] is None else Pick(*row["pick"])
    values = {name: row[name] for name in Job._fields}
    return Job(**{**values, "flags": tuple(row["flags"]), "pick": pick})
