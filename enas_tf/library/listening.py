"""Keras' callbacks at the epochs of a search.

An epoch's `logs` are made of the rows of metrics.jsonl. So a search that goes on can
tell its callbacks of the epochs before: `EarlyStopping` then waits as long as it would
have in a search that was never stopped.
"""

import itertools
import pathlib
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

import keras
import numpy as np

from enas_tf.config.sections import ConfigError
from enas_tf.library import callbacks_given
from enas_tf.run import report as report_lib
from enas_tf.run import rows
from enas_tf.run.measures import Measure

_MODES = {1: "max", -1: "min"}
_PREFIXES = ("val_", "test_", "controller_")
_NO_FIGURES = {"stage", "kind", "step", "time", "check"}


class NoNetwork(ConfigError, AttributeError):
    """A callback asked a search for what only a network has."""


class SearchModel:
    """What callbacks have for their `model`: a search, which is no network.

    Attributes:
      stop_training: set it to end the search after the epoch; an arc is derived then.
    """

    stop_training = False

    def get_weights(self) -> list[np.ndarray]:
        """A search goes back to no earlier epoch.

        Raises:
          ConfigError: always.
        """
        raise ConfigError(
            "A search keeps its weights in its folder, and derives from its last "
            "epoch: use EarlyStopping without restore_best_weights."
        )

    def __getattr__(self, name: str) -> NoReturn:
        """What is none of the above.

        Raises:
          NoNetwork: always; also an `AttributeError`, so that `hasattr` is False.
        """
        raise NoNetwork(
            f"A search is no network: it has no {name}, for which a callback asked. "
            f"{callbacks_given.INSTEAD}"
        )


class Callbacks:
    """Tells callbacks of a search; a `run.caller.Listener`."""

    def __init__(
        self,
        callbacks: Sequence[keras.callbacks.Callback],
        metrics: pathlib.Path,
        *,
        measure: Measure,
        num_epochs: int,
    ):
        """Tells nothing yet.

        Args:
          callbacks: of the user.
          metrics: the run's metrics.jsonl.
          measure: of the space.
          num_epochs: of the search, if nothing stops it.
        """
        self._model = SearchModel()
        for callback in callbacks:
            _decide(callback, measure)
        self._told = keras.callbacks.CallbackList(
            list(callbacks), model=self._model, epochs=num_epochs, verbose=0
        )
        self._metrics = metrics
        self._read: tuple[tuple[int, int], list[rows.Row]] = ((0, 0), [])
        self._last = dict(child=0, controller=0)
        self._logs: dict[str, float] = {}

    @property
    def stops(self) -> bool:
        """As `Listener`: whether a callback has said so."""
        return bool(self._model.stop_training)

    def search_begins(self) -> None:
        """As `Listener`."""
        self._told.on_train_begin()

    def search_ends(self) -> None:
        """As `Listener`."""
        self._told.on_train_end(self._logs)

    def epoch_begins(self, epoch: int) -> None:
        """As `Listener`."""
        self._told.on_epoch_begin(epoch)

    def epoch_ends(self, epoch: int, *, steps: int, updates: int) -> None:
        """As `Listener`."""
        ends = dict(child=steps, controller=updates)
        self._logs = logs(self._rows(), epoch + 1, begins=self._last, ends=ends)
        self._last = ends
        self._told.on_epoch_end(epoch, self._logs)

    def _rows(self) -> list[rows.Row]:
        """Those of the search; read again only if the file is another by now."""
        about = self._metrics.stat() if self._metrics.exists() else None
        key = (about.st_size, about.st_mtime_ns) if about else (0, 0)
        if key != self._read[0]:
            found = report_lib.read_rows(self._metrics)
            self._read = key, [row for row in found if row["stage"] == "search"]
        return self._read[1]


def _decide(callback: keras.callbacks.Callback, measure: Measure) -> None:
    """Which way is good, where a callback leaves that to the metrics of a network."""
    better = {measure.name: measure.sign, "reward": 1}
    if getattr(callback, "mode", "") != "auto":
        return
    name = callback.monitor
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    callback.mode = _MODES.get(better.get(name, 0), "auto")


def logs(
    found: Sequence[rows.Row],
    finished: int,
    *,
    begins: dict[str, int],
    ends: dict[str, int],
) -> dict[str, float]:
    """The figures of one epoch under the names that Keras' users know.

    Those of the child as they are ("loss", "accuracy", "lr"); of the controller, means
    over its updates ("reward", "entropy", and "controller_loss" where the child has the
    name); of evaluations with "val_" or "test_" before them.

    Args:
      found: the rows of the search.
      finished: epochs by the end of this one.
      begins: steps of the child and updates of the controller before it, by kind.
      ends: the same by its end.
    """
    means = {
        kind: _means(_within(found, kind, begins[kind], ends[kind]), begins[kind])
        for kind in begins
    }
    child = means["child"]
    made = {
        f"controller_{n}" if n in child else n: v
        for n, v in means["controller"].items()
    }
    for kind, prefix in dict(valid="val_", test="test_").items():
        for row in _within(found, kind, finished - 1, finished):
            made |= {f"{prefix}{name}": value for name, value in _figures(row)}
    return {**child, **made}


def _within(
    found: Sequence[rows.Row], kind: str, begin: int, end: int
) -> list[rows.Row]:
    return [row for row in found if row["kind"] == kind and begin < row["step"] <= end]


def _means(found: Sequence[rows.Row], begin: int) -> dict[str, float]:
    """By name; a row is the mean of the steps since the one before it."""
    steps = [begin, *(row["step"] for row in found)]
    weights = [last - first for first, last in itertools.pairwise(steps)]
    values: dict[str, list[float]] = {}
    for row in found:
        for name, value in _figures(row):
            values.setdefault(name, []).append(value)
    return {
        name: float(np.average(each, weights=weights))
        for name, each in values.items()
        if len(each) == len(weights)
    }


def _figures(row: rows.Row) -> Iterator[tuple[str, Any]]:
    """Names and values; null is what is no number."""
    for name, value in row.items():
        if name not in _NO_FIGURES:
            yield name, float("nan") if value is None else value
