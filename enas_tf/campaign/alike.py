"""Failures in a row that say the same: what all jobs lack costs three, not all.

Data that are missing, say: some are looked for only when TensorFlow is there, so that
no check before the first job finds them.
"""

import re

MOST = 3
# Of a line of the log, which jobs that fail alike do not say at one time.
_TIME = re.compile(r"^\d\d:\d\d:\d\d ")


class Alike:
    """The last failures, as long as they say the same.

    Attributes:
      line: what they say; "" where no job has failed since one was done.
      count: of them.
    """

    def __init__(self) -> None:
        """None has failed yet."""
        self.line, self.count = "", 0

    def failed(self, line: str, place: str) -> None:
        """A job has failed.

        Args:
          line: its last words.
          place: the folder of its run, by which such lines may differ.
        """
        line = _TIME.sub("", line.strip()).replace(place, "its folder")
        self.count = self.count + 1 if line and line == self.line else 1
        self.line = line

    def done(self) -> None:
        """A job is done, so not all fail."""
        self.line, self.count = "", 0

    @property
    def is_enough(self) -> bool:
        """Whether the next ones would fail as well."""
        return self.count >= MOST
