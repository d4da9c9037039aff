"""A text in memory: numbers of words, three splits."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class TextData:
    """A text in memory, as numbers of words.

    Attributes:
      name: the user's name for it.
      train: [n] int32, the child's, in a search.
      valid: [n] int32, the controller's, for its rewards.
      test: [n] int32, for evaluations only.
      vocabulary: the word of each id.
      notes: lines that the program should log: its size, and warnings.
    """

    name: str
    train: np.ndarray
    valid: np.ndarray
    test: np.ndarray
    vocabulary: tuple[str, ...]
    notes: tuple[str, ...] = ()

    unit = "words"
    answers = "words of vocabulary"

    @property
    def sizes(self) -> tuple[int, int, int]:
        """How many words are in train, valid and test."""
        return len(self.train), len(self.valid), len(self.test)

    @property
    def num_answers(self) -> int:
        """How many words of vocabulary there are."""
        return len(self.vocabulary)

    @property
    def arrays(self) -> list[np.ndarray]:
        """The ids of train, valid and test."""
        return [self.train, self.valid, self.test]
