"""The arcs that were rewarded by a reward of one's own: a row each, with their costs.

They are kept in arcs/rewarded.jsonl, for the picture of what was seen.
"""

import pathlib

import numpy as np

from enas_tf.run import layout, rows
from enas_tf.run.measures import Measure
from enas_tf.search.payer import Payer
from enas_tf.spaces.base import SearchSpace

KEYS = ("step", "reward", "arc")  # of its rows


class RewardedArcs:
    """Keeps what each arc of each update was worth and cost."""

    def __init__(
        self, space: SearchSpace, measure: Measure, payer: Payer, folder: pathlib.Path
    ):
        """Writes nothing yet.

        Args:
          space: of the arcs.
          measure: of the task.
          payer: counts their costs.
          folder: where the file is written.
        """
        self._space = space
        self._measure = measure
        self._payer = payer
        self._file = rows.RowFile(folder / layout.REWARDED, keys=KEYS)

    def note(
        self, step: int, tokens: np.ndarray, rewards: np.ndarray, measured: np.ndarray
    ) -> None:
        """The arcs [K, T] of the update that is number `step`, from 1.

        Args:
          step: number of the update.
          tokens: of its arcs.
          rewards: [K].
          measured: [K], as displayed.
        """
        costs = self._payer.costs(tokens)
        for k, row in enumerate(tokens):
            arc = self._space.text(self._space.decode(row))
            figures = {self._measure.name: float(measured[k])}
            figures |= {name: float(values[k]) for name, values in costs.items()}
            one = dict(step=step, reward=float(rewards[k]), **figures, arc=arc)
            self._file.append(one)
        self._file.close()  # until the next update

    def forget_after(self, step: int) -> None:
        """Drop the rows of later updates: a resumed run repeats them."""
        self._file.drop(lambda row: row["step"] > step)
        self._file.close()
