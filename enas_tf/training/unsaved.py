"""In place of a checkpoint: work that begins anew if it is stopped."""

from collections.abc import Sequence


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
