"""What a campaign found: a row for each arc that was trained from scratch."""

from typing import NamedTuple


class Retrained(NamedTuple):
    """One training from scratch.

    Attributes:
      method: how its arc was found: "enas", "random_shared", "random",
        "random_matched", "largest", "evolution"; of other campaigns, their groups.
      search: the seed of the search; -1 where there was none.
      arc: as it is printed, integers or names.
      retrain: the seed of the training.
      score: higher is better: accuracy, or minus the log of the perplexity.
      parameters: of the network.
      flops: of an image; 0 where they are not counted.
      steps: of the training.
      seconds: of all commands that trained it.
    """

    method: str
    search: int
    arc: str
    retrain: int
    score: float
    parameters: int
    flops: int
    steps: int
    seconds: float
