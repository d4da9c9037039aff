"""The fault of a file in a run's folder, and the line that tells of it."""

from typing import NamedTuple

from absl import logging

MISSING, DAMAGED = "missing", "damaged"


class Trouble(NamedTuple):
    """A file that is missing or damaged.

    Attributes:
      name: of the file, seen from the run's folder.
      kind: `MISSING`, `DAMAGED`, or another fault in words.
      source: the file that has the same.
    """

    name: str
    kind: str
    source: str

    def log(self, *, mended: bool) -> None:
        """One line: that it was mended, or that a look read the other file instead."""
        done = "mended from" if mended else "read instead:"
        logging.warning("%s was %s; %s %s.", self.name, self.kind, done, self.source)
