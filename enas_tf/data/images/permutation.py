"""Brings an array into another order in the memory that it has."""

import numpy as np


def apply(array: np.ndarray, order: np.ndarray) -> None:
    """Put at each place i what is at `order[i]`; a row more is all the memory it takes.

    Args:
      array: [N, ...], which is changed.
      order: [N], each of 0 to N - 1 once.
    """
    left = np.ones(len(order), bool)
    for start in range(len(order)):
        if left[start]:
            _turn(array, order, start, left)


def _turn(array: np.ndarray, order: np.ndarray, start: int, left: np.ndarray) -> None:
    """Move the rows of the cycle through `start`, which are struck out of `left`."""
    first, place = array[start].copy(), start
    while (source := order[place]) != start:
        array[place] = array[source]
        left[place] = False
        place = source
    array[place] = first
    left[place] = False
