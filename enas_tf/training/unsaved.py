"""In place of a checkpoint: work that begins anew, or that is saved by another."""

from collections.abc import Sequence
from typing import Protocol


class Restores(Protocol):
    """What a position is read from: `run.checkpoint.Checkpoint`."""

    position: dict[str, int]

    def restore(self) -> bool:
        """Go to what was kept last; False if nothing ever was."""


class ReadOnly:
    """A checkpoint that is read, and written by another worker.

    Attributes:
      position: counter name to value.
    """

    def __init__(self, checkpoint: Restores):
        """At the position of the checkpoint.

        Args:
          checkpoint: which another worker writes.
        """
        self.position = checkpoint.position
        self._checkpoint = checkpoint

    def save(self) -> None:
        """Nothing is kept here."""

    def restore(self) -> bool:
        """As of the checkpoint."""
        return self._checkpoint.restore()


class Unsaved:
    """A position that nothing keeps.

    Attributes:
      position: counter name to value.
    """

    def __init__(self, counters: Sequence[str]):
        """At the beginning.

        Args:
          counters: the names of the position's counters.
        """
        self.position = dict.fromkeys(counters, 0)

    def save(self) -> None:
        """Nothing is kept."""

    def restore(self) -> bool:
        """Nothing was kept."""
        return False
