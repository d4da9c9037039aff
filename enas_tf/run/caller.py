"""What a Python program is told while it has a command carried out; see library/.

A command of the shell has no caller.
"""

from typing import NamedTuple, Protocol, TextIO


class Listener(Protocol):
    """Hears of a search and its epochs, in order.

    A search that goes on tells of those that are finished, of the begin and the end of
    each, before it does anything else, so that who counts them counts as if it had
    never been stopped.
    """

    @property
    def stops(self) -> bool:
        """Whether the search is to end here; asked before each epoch."""

    def search_begins(self) -> None:
        """It is about to begin, or to go on."""

    def search_ends(self) -> None:
        """The last epoch is over, and an arc is about to be derived."""

    def epoch_begins(self, epoch: int) -> None:
        """The epoch of that number, from 0, is about to begin, to go on, or is told of
        again."""

    def epoch_ends(self, epoch: int, *, steps: int, updates: int) -> None:
        """It is finished, and saved.

        Args:
          epoch: its number, from 0.
          steps: of the child, by its end.
          updates: of the controller, by its end.
        """


class Silent:
    """A `Listener` that hears nothing and never stops."""

    stops = False

    def search_begins(self) -> None:
        """Nothing."""

    def search_ends(self) -> None:
        """Nothing."""

    def epoch_begins(self, epoch: int) -> None:
        """Nothing."""

    def epoch_ends(self, epoch: int, *, steps: int, updates: int) -> None:
        """Nothing."""


class Caller(NamedTuple):
    """The program that a command works for.

    Attributes:
      listener: hears of the epochs of a search.
      line: where the progress line is drawn, be it a terminal or not; None: where a
        command of the shell draws it.
    """

    listener: Listener = Silent()
    line: TextIO | None = None
