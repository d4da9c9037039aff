"""A text in memory: numbers of words, three splits."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class TextData:
    """A text in memory, as numbers of words.

    Attributes:
      name: what the user called it.
      train: [n] int32, what the child learns from in a search.
      valid: [n] int32, what the controller is rewarded on.
      test: [n] int32, seen by evaluations only.
      vocabulary: the word of each id.
      notes: lines that the program should log: how large it is, and what to know.
    """

    name: str
    train: np.ndarray
    valid: np.ndarray
    test: np.ndarray
    vocabulary: tuple[str, ...]
    notes: tuple[str, ...] = ()
