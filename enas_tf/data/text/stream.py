"""A long text cut into sequences side by side, for training and for evaluation.

Pure NumPy. The next word of a sequence stands next in its row, so that a state can be
carried from one piece to the following one.
"""

from typing import NamedTuple

import numpy as np


class Pieces(NamedTuple):
    """W pieces of T words in each of B sequences, in the order of reading.

    Attributes:
      inputs: [W, B, T] int32.
      targets: [W, B, T] int32, the word that follows each input.
      counted: [W, B, T] bool, False where there is no text left. That is only at the
        end of a sequence: no counted word comes after one.
    """

    inputs: np.ndarray
    targets: np.ndarray
    counted: np.ndarray


def fold(ids: np.ndarray, batch_size: int) -> np.ndarray:
    """[n] -> [B, n // B], for training: the words left over are dropped.

    Row b is the b-th stretch of the text. Inputs are any columns of it, and targets
    the columns one to the right (enas_lm, data_utils.py).

    Raises:
      ValueError: fewer ids than rows.
    """
    _check(ids, batch_size)
    columns = len(ids) // batch_size
    if not columns:
        raise ValueError(f"{len(ids)} ids make no {batch_size} rows: lower the number.")
    return ids[: batch_size * columns].reshape(batch_size, columns)


def evaluation(ids: np.ndarray, *, batch_size: int, bptt: int) -> Pieces:
    """[n] -> pieces in which every id but the very first is a counted target once.

    The n - 1 targets are laid into B rows, each as long as the first; the last rows may
    be shorter or empty. A row's first input is the last target of the row above, so
    that nothing is lost between them. With one row, whatever `bptt` is, the pieces are
    the whole text in order.

    Raises:
      ValueError: no id has one before it.
    """
    _check(ids, batch_size)
    num_targets = len(ids) - 1
    if num_targets < 1:
        raise ValueError(f"{len(ids)} ids have no target: there must be at least 2.")
    columns = -(-num_targets // batch_size)  # rounded up
    num_pieces = -(-columns // bptt)
    inputs, targets, counted = (
        _rows(values, batch_size, columns, num_pieces * bptt)
        .reshape(batch_size, num_pieces, bptt)
        .swapaxes(0, 1)
        for values in (ids[:-1], ids[1:], np.ones(num_targets, bool))
    )
    return Pieces(inputs, targets, counted)


def _rows(values: np.ndarray, rows: int, columns: int, width: int) -> np.ndarray:
    """[m] -> [rows, width]: `columns` of the values in each, then zeros."""
    filled = np.zeros(rows * columns, values.dtype)
    filled[: len(values)] = values
    out = np.zeros((rows, width), values.dtype)
    out[:, :columns] = filled.reshape(rows, columns)
    return out


def _check(ids: np.ndarray, batch_size: int) -> None:
    if ids.ndim != 1 or batch_size < 1:
        raise ValueError(
            f"ids of shape {ids.shape} in {batch_size} rows: they must be one sequence "
            "in at least one row."
        )
