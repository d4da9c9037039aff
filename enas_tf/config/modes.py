"""The modes of a command, each with all that follows from its name.

The one table of them. No TensorFlow, as in all settings.
"""

from collections.abc import Mapping
from typing import NamedTuple

# Each has settings, checkpoints and curves of its own in a run's folder.
STAGES = ("search", "train")


class Mode(NamedTuple):
    """One mode: its stages and its steps.

    Attributes:
      stages: whose settings it goes by, of `STAGES`.
      steps: what is done, in turn, by the names that `stages/run.py` knows.
      begins: whether it begins its stages, or goes on with them; and so may begin anew.
      looks: whether it looks at a trained network, and trains nothing.
      lets_pass: whether other data than the stage began with may be meant: nothing of
        them stays in what it writes.
      sums_up: whether a stage ends with it; a summary follows.
    """

    stages: tuple[str, ...]
    steps: tuple[str, ...]
    begins: bool = False
    looks: bool = False
    lets_pass: bool = False
    sums_up: bool = False

    @property
    def searches(self) -> bool:
        """Whether it needs no arc, and no run, because it finds an arc by itself."""
        return self.begins and "search" in self.stages

    @property
    def trains_only(self) -> bool:
        """Whether all that it is about is one arc, which must be known."""
        return self.stages == ("train",)


MODES: dict[str, Mode] = dict(
    search=Mode(("search",), ("search",), begins=True, sums_up=True),
    derive=Mode(("search",), ("derive",), lets_pass=True, sums_up=True),
    train=Mode(("train",), ("train",), begins=True, sums_up=True),
    evaluate=Mode(("train",), ("evaluate",), looks=True, lets_pass=True),
    export=Mode(("train",), ("export",), looks=True),
    predict=Mode(("train",), ("predict",), looks=True),
    all=Mode(STAGES, STAGES, begins=True, sums_up=True),
)

# Modes that have no stage: they read folders of runs. What each does, and the flags
# that it goes by besides --mode and --output_dir.
READING: Mapping[str, tuple[str, ...]] = dict(report=(), runs=("runs_format",))

# Many runs that answer one question, see the room campaign/.
CAMPAIGNS = ("compare", "ablate", "perturb", "correlate")
OF_CAMPAIGNS = (*CAMPAIGNS, "status", "job")
