"""What was wrong with a file of a run's folder, and the line that tells of it."""

from typing import NamedTuple

from absl import logging

MISSING, DAMAGED = "missing", "damaged"


class Trouble(NamedTuple):
    """A file that does not hold what it should.

    Attributes:
      name: of the file, seen from the run's folder.
      kind: `MISSING` or `DAMAGED`, or what else it is, in words.
      source: the file that has the same.
    """

    name: str
    kind: str
    source: str

    def tell(self, *, mended: bool) -> None:
        """One line: that it was mended, or that a look read the other file instead."""
        done = "mended from" if mended else "read instead:"
        logging.warning("%s was %s; %s %s.", self.name, self.kind, done, self.source)
