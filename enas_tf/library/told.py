"""The rewards that a program told, in arcs/told.jsonl: a row each, written at once."""

import pathlib
from collections.abc import Sequence
from typing import Any

from enas_tf.config.sections import ConfigError
from enas_tf.run import layout
from enas_tf.run import rows as rows_lib

KEYS = ("step", "arc")  # of every row; step is the number of the update, from 0


class Told:
    """The file, while it grows."""

    def __init__(self, arcs: pathlib.Path):
        """Touches nothing yet.

        Args:
          arcs: the run's folder of arcs.
        """
        self._path = arcs / layout.TOLD
        self._file = rows_lib.RowFile(self._path, keys=KEYS)

    def append(self, update: int, place: int, arc: str, reward: float) -> None:
        """One reward, of the arc at `place` of its update."""
        self._file.append(dict(step=update, place=place, arc=arc, reward=reward))

    def of_update(self, update: int, arcs: Sequence[str]) -> dict[int, float]:
        """The rewards of one update, by place.

        Args:
          update: its number.
          arcs: that the controller draws for it.

        Raises:
          ConfigError: a row is of another arc.
        """
        if not self._path.exists():
            return {}
        found = {}
        for row in self._file.rows():
            if row["step"] != update:
                continue
            place = row["place"]
            if not 0 <= place < len(arcs) or arcs[place] != row["arc"]:
                raise ConfigError(
                    f"{self._path} has a reward of the arc {row['arc']} in update "
                    f"{update}, which the controller does not draw there: the file is "
                    "damaged, or of another machine. Choose another folder."
                )
            found[place] = float(row["reward"])
        return found

    def close(self) -> None:
        """Until the next row."""
        self._file.close()


def best_first(arcs: pathlib.Path) -> list[dict[str, Any]]:
    """All that was told in a run, the highest reward first."""
    path = arcs / layout.TOLD
    found = [row for _, row in rows_lib.read(path, keys=KEYS).rows]
    ranked = sorted(found, key=lambda row: (-row["reward"], row["step"], row["place"]))
    return [
        dict(reward=r["reward"], update=r["step"], place=r["place"], arc=r["arc"])
        for r in ranked
    ]
