"""How often the test split was read for a network: when, by whom, for which weights.

A test that is looked at again and again, and acted upon, is no test any more. So each
reading is in run.json, and weights that were tested are tested again only if that is
asked for. Pure functions of the stages in run.json; no TensorFlow.
"""

import datetime
import getpass
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from enas_tf.run.rows import Row

STAGE, KEY = "test", "readings"  # where they are in run.json
_TRAIN = "train"
_OF_FIGURES = "test_"  # begins the name of a training's test figure


class Identity(NamedTuple):
    """What was tested on what: equal for equal weights, and for equal data.

    Attributes:
      weights: their checksum; "" where a version before 0.3 kept none.
      data: that of all splits; "" where none was kept.
    """

    weights: str
    data: str


class Reading(NamedTuple):
    """One time that the test split was read.

    Attributes:
      when: an ISO time; "" where a version before this record measured.
      who: the user, by the name at this machine.
      mode: of the command.
      epochs: that the network had been trained for.
      of: the weights and the data.
      figures: that were found, by their names in run.json.
    """

    when: str
    who: str
    mode: str
    epochs: int
    of: Identity
    figures: dict[str, float]

    def as_json(self) -> dict[str, object]:
        """As it is in run.json."""
        return {**self._asdict(), "of": self.of._asdict()}


def now(mode: str, epochs: int, of: Identity, figures: Mapping[str, float]) -> Reading:
    """The reading that has just been made."""
    when = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    return Reading(when, _user(), mode, epochs, of, dict(figures))


def listed(stages: Mapping[str, Row]) -> list[Reading]:
    """All readings of a run, the earliest first; damaged entries are left out.

    A figure of a training that no entry is of was read as well: by an earlier version,
    or by a command that was killed before it could note it.
    """
    rows = stages.get(STAGE, {}).get(KEY)
    rows = rows if isinstance(rows, list) else []
    found = [one for row in rows if (one := _reading(row))]
    train = _of_training(stages.get(_TRAIN, {}))
    noted = train and any(train.of.weights == one.of.weights for one in found)
    return [train, *found] if train and not noted else found


def known(readings: Sequence[Reading], of: Identity) -> Reading | None:
    """The last that measured just this, with figures that are numbers."""
    for one in reversed(readings):
        same = one.of.weights in (of.weights, "") and one.of.data == of.data != ""
        if (
            same
            and one.figures
            and all(value is not None for value in one.figures.values())
        ):
            return one
    return None


def times(readings: Sequence[Reading], data: str) -> int:
    """How often the test split of `data` was read."""
    return len(_on(readings, data))


def _on(readings: Sequence[Reading], data: str) -> list[Reading]:
    return [one for one in readings if one.of.data in (data, "")]


def sentence(readings: Sequence[Reading], data: str) -> str:
    """How often the test split of `data` was read, and after how much training."""
    ours = _on(readings, data)
    times = "once" if len(ours) == 1 else f"{len(ours)} times"
    line = f"The test split has been read {times} for this network"
    epochs = list(dict.fromkeys(one.epochs for one in ours))
    if len(epochs) > 1:
        *before, last = map(str, epochs)
        line += f", after {', '.join(before)} and {last} epochs of training"
    return f"{line}."


def _reading(row: object) -> Reading | None:
    if not isinstance(row, dict) or set(row) != set(Reading._fields):
        return None
    of = row["of"]
    whole = (
        isinstance(of, dict)
        and set(of) == set(Identity._fields)
        and isinstance(row["figures"], dict)
        and type(row["epochs"]) is int
    )
    return Reading(**{**row, "of": Identity(**of)}) if whole else None


def _of_training(facts: Row) -> Reading | None:
    """The test that a training's facts in run.json are of, if it was tested."""
    figures = {k: v for k, v in facts.items() if k.startswith(_OF_FIGURES)}
    epochs = facts.get("epochs")
    if not figures or type(epochs) is not int:
        return None
    data = facts.get("data")
    checksum = data.get("checksum", "") if isinstance(data, dict) else ""
    of = Identity(str(facts.get("weights", "")), str(checksum))
    return Reading("", "", _TRAIN, epochs, of, figures)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container may know no names
        return "unknown"
