"""A classifier's answers, class by class: precision, recall, confusions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

UNBALANCED = 1.5  # the largest class of test images over the smallest


class ByClass(NamedTuple):
    """The answers to a set of images, held against their classes.

    Attributes:
      names: V names.
      confusion: [V, V] int64, how many images of the class of the row got the answer of
        the column.
      precision: [V], the share of an answer that is right; NaN where never given.
      recall: [V], the share of a class that is found; NaN where it has no images.
    """

    names: tuple[str, ...]
    confusion: np.ndarray
    precision: np.ndarray
    recall: np.ndarray

    @property
    def images(self) -> np.ndarray:
        """[V] int64, of each class."""
        return self.confusion.sum(axis=1)

    @property
    def accuracy(self) -> float:
        """The share of all images that is right."""
        return int(np.trace(self.confusion)) / int(self.confusion.sum())

    @property
    def balanced_accuracy(self) -> float:
        """The mean recall of the classes that have images."""
        return float(np.nanmean(self.recall))

    @property
    def unbalanced(self) -> bool:
        """Whether some class has so few images that accuracy says little of it."""
        return self.images.max() > UNBALANCED * self.images.min()

    def worst(self, count: int) -> list[int]:
        """The classes of the lowest recall, the lowest first."""
        order = np.argsort(self.recall, kind="stable")  # NaN are last
        return [int(place) for place in order[:count]]


def measure(labels: np.ndarray, answers: np.ndarray, names: Sequence[str]) -> ByClass:
    """Args: [N] of 0..V-1, the class of each image; [N], what was answered; V names."""
    from sklearn import metrics  # takes a second to import; needed at the end

    every = range(len(names))
    return of_confusion(metrics.confusion_matrix(labels, answers, labels=every), names)


def of_confusion(confusion: np.ndarray, names: Sequence[str]) -> ByClass:
    """From the confusions alone, [V, V] int64; see `ByClass`."""
    right = np.diag(confusion)
    with np.errstate(invalid="ignore"):  # none of 0 is NaN
        precision = right / confusion.sum(axis=0)
        recall = right / confusion.sum(axis=1)
    return ByClass(tuple(names), confusion, precision, recall)
