"""Data of any kind, as the stages see them."""

from typing import Protocol

import numpy as np


class Dataset(Protocol):
    """Three splits: train, valid, test.

    Attributes:
      unit: what is counted, in the plural: "images".
      answers: what an answer is one of, in the plural: "classes".
    """

    @property
    def unit(self) -> str:
        """What is counted."""

    @property
    def answers(self) -> str:
        """What an answer is one of."""

    @property
    def sizes(self) -> tuple[int, int, int]:
        """The number of units in each split."""

    @property
    def num_answers(self) -> int:
        """The number of possible answers."""

    @property
    def arrays(self) -> list[np.ndarray]:
        """All that the data are, in a fixed order: equal for equal data."""
