"""Arcs that were trained from scratch: what each came to, and their record.

Each that is finished is kept in run.json, so that a command that was stopped begins
anew only with the one that it was at.
"""

import json
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config
from enas_tf.data.dataset import Dataset
from enas_tf.run.folder import RunFolder
from enas_tf.run.measures import Measure
from enas_tf.stages import same_data
from enas_tf.training.validation import Validated

KEY = "retrained"  # in what run.json says of deriving
_COLUMNS = ("measured", "log_likelihood")


class Retrained(NamedTuple):
    """One arc, trained from scratch.

    Attributes:
      text: the arc.
      found: by validation; None where its loss became no number.
      seconds: that it took.
    """

    text: str
    found: Validated | None
    seconds: float

    def worth(self, rank_by: str, measure: Measure) -> float:
        """What arcs are ranked by; more is better."""
        if self.found is None:
            return -np.inf
        by_likelihood = rank_by == "log_likelihood"
        measured = measure.sign * self.found.measured
        return self.found.log_likelihood if by_likelihood else measured


def checksum(config: Config, data: Dataset) -> str:
    """Of a recipe: equal where settings and data are, but for the arc."""
    values = {
        item.flag: item.of(config)
        for item in config_lib.settings()
        if item.field.metadata["shapes_result"]
        and item.section not in ("controller", "derive")
    }
    facts = [values, same_data.facts(data)]
    return f"{zlib.crc32(json.dumps(facts, sort_keys=True).encode()):08x}"


class Journal:
    """The finished trainings of one recipe, in run.json."""

    def __init__(self, folder: RunFolder, recipe: str):
        """Those that are there.

        Args:
          folder: of the run.
          recipe: see `checksum`.
        """
        self._folder = folder
        self._recipe = recipe
        there = folder.fact("derive", KEY, dict) or {}
        arcs = there.get("arcs") if there.get("recipe") == recipe else None
        self._arcs: dict[str, Any] = dict(arcs) if isinstance(arcs, dict) else {}

    def known(self, text: str) -> Retrained | None:
        """The training of the arc, if it is finished and its record is whole."""
        row = self._arcs.get(text)
        if not isinstance(row, Mapping) or set(row) != {*_COLUMNS, "seconds"}:
            return None
        values = [row[name] for name in _COLUMNS]
        if values == [None, None]:
            return Retrained(text, None, float(row["seconds"]))
        if not all(isinstance(value, float) for value in values):
            return None
        return Retrained(text, Validated(*values), float(row["seconds"]))

    def keep(self, one: Retrained) -> None:
        """Record a finished training beside the others."""
        values = one.found or (None, None)
        row = dict(zip(_COLUMNS, values, strict=True), seconds=one.seconds)
        self._arcs[one.text] = row
        kept = dict(recipe=self._recipe, arcs=self._arcs)
        self._folder.record("derive", **{KEY: kept})
