"""Where everything that a run reports goes: terminal, TensorBoard, metrics.jsonl.

The only place that writes metrics. Learning steps return them as values; nothing here
decides what is measured or when.
"""

import json
import math
import os
import pathlib
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TextIO

import tensorflow as tf
from absl import logging
from tensorboard.plugins.hparams import api as hparams_api

from enas_tf import config as config_lib
from enas_tf.training import progress as progress_lib
from enas_tf.training import trials

METRICS = "metrics.jsonl"
TENSORBOARD = "tensorboard"
_FLUSH_MILLIS = 10_000  # TensorBoard rereads every 30 s; two minutes would look stuck


class Report:
    """The voice of one stage of a run.

    A row of metrics.jsonl is {"stage", "kind", "step", "time", and one key per value};
    a value that is not a finite number is null there, for JSON has no NaN.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        *,
        stage: str,
        progress: bool = True,
        verbose: bool = False,
    ):
        """Opens both logs to append.

        Args:
          folder: the run's output folder.
          stage: "search", "train", ...; stages share metrics.jsonl, each has its own
            TensorBoard run.
          progress: draw a progress line, if standard error is a terminal.
          verbose: show the messages of `detail` too.
        """
        self._verbose = verbose
        self._kinds: dict[str, str] = {}
        self._stage = stage
        self._path = pathlib.Path(folder) / METRICS
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._bar = progress_lib.Bar(wanted=progress)
        self._rows = _open_to_append(self._path)
        self._writer = tf.summary.create_file_writer(
            str(self._path.parent / TENSORBOARD / stage), flush_millis=_FLUSH_MILLIS
        )

    def __enter__(self) -> "Report":
        """The report itself; `close` follows."""
        return self

    def __exit__(self, *error: Any) -> None:
        """Closes, whatever happened."""
        self.close()

    def scalars(self, kind: str, step: int, values: Mapping[str, float]) -> None:
        """One row, and a TensorBoard scalar `<kind>/<name>` per value."""
        numbers = {name: float(value) for name, value in values.items()}
        row = {"stage": self._stage, "kind": kind, "step": int(step)}
        row["time"] = round(time.time(), 3)
        row |= {
            name: number if math.isfinite(number) else None
            for name, number in numbers.items()
        }
        self._rows.write(json.dumps(row, allow_nan=False) + "\n")
        self._rows.flush()
        with self._writer.as_default(step=int(step)):
            for name, number in numbers.items():
                tf.summary.scalar(self._tag(f"{kind}/{name}", "scalar"), number)

    def text(self, tag: str, text: str, step: int) -> None:
        """A text in TensorBoard."""
        tag = self._tag(tag, "text")
        with self._writer.as_default(step=int(step)):
            tf.summary.text(tag, text)

    def image(self, tag: str, png_path: pathlib.Path, step: int) -> None:
        """A PNG file in TensorBoard."""
        tag = self._tag(tag, "image")
        pixels = tf.io.decode_png(tf.io.read_file(str(png_path)))
        with self._writer.as_default(step=int(step)):
            tf.summary.image(tag, pixels[tf.newaxis])  # [1, height, width, 1, 3 or 4]

    def begin_trial(self, config: config_lib.Config) -> None:
        """The stage's settings, for TensorBoard's HPARAMS tab; until `end_trial` it is
        shown as running."""
        settings = trials.values(config, self._stage)
        with self._writer.as_default(step=0):
            hparams_api.hparams_config(*trials.columns())
            hparams_api.hparams(
                settings, trial_id=trials.name(self._path.parent, self._stage)
            )
        self._writer.flush()

    def trial_figures(self, metrics: Mapping[str, float]) -> None:
        """The stage's results, of which `trials.METRICS` stand beside its settings."""
        with self._writer.as_default(step=0):
            for name in trials.METRICS.keys() & metrics.keys():
                tag = self._tag(trials.tag(name), "scalar")
                tf.summary.scalar(tag, float(metrics[name]))

    def end_trial(self) -> None:
        """The stage is done; TensorBoard keeps to the first end that it reads."""
        with self._writer.as_default(step=0):
            tf.summary.experimental.write_raw_pb(trials.success(), step=0)

    def _tag(self, tag: str, kind: str) -> str:
        """`tag`, whose events are all of one kind.

        Raises:
          ValueError: they are of another: TensorBoard would show neither.
        """
        known = self._kinds.setdefault(tag, kind)
        if known != kind:
            raise ValueError(
                f"the tag {tag} is of kind {known}, and now of kind {kind}"
            )
        return tag

    @logging.skip_log_prefix  # the line names the caller, not this file
    def message(self, text: str) -> None:
        """An absl log line; an open progress line steps aside for it."""
        with self._bar.aside():
            logging.info("%s", text)

    @logging.skip_log_prefix
    def detail(self, text: str) -> None:
        """A message for those who want to see everything."""
        if self._verbose:
            self.message(text)

    def begin(self, label: str, total: int, done: int = 0, unit: str = "step") -> None:
        """Open a progress line with the time left; an open one is closed first."""
        self._bar.begin(label, total, done, unit)

    def begin_forecast(self, look: Callable[[], progress_lib.Look]) -> None:
        """Open a progress line of what `look` says, whenever it advances."""
        self._bar.begin_forecast(look)

    def advance(self, count: int, **shown: Any) -> None:
        """Move the progress line by `count`; `shown` stands behind it."""
        self._bar.advance(count, shown)

    def finish(self) -> None:
        """Close the progress line, if one is open."""
        self._bar.finish()

    def rewind(self, keep: Callable[[dict[str, Any]], bool]) -> None:
        """Drop this stage's rows for which `keep(row)` is False, in one atomic step.

        For a run that goes on from a checkpoint older than its last rows. TensorBoard's
        events stay: the repeated steps write the same numbers again.
        """
        self._rows.close()
        lines = [
            line
            for line, row in _lines(self._path)
            if row.get("stage") != self._stage or keep(row)
        ]
        beside = self._path.with_name(METRICS + ".new")
        with beside.open("w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
        self._rows = _open_to_append(self._path)

    def close(self) -> None:
        """Write out everything; a second call does nothing."""
        self._bar.finish()
        self._rows.close()
        self._writer.close()


def read_rows(path: pathlib.Path) -> list[dict[str, Any]]:
    """The rows of a metrics.jsonl; a line that a kill cut short is left out."""
    return [row for _, row in _lines(path)]


def _lines(path: pathlib.Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The readable lines of `path`, each with its row."""
    text = pathlib.Path(path).read_text(encoding="utf-8", errors="replace")
    for line in text.splitlines():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(row, dict):
            yield line, row


def _open_to_append(path: pathlib.Path) -> TextIO:
    """`path` opened to append; a torn last line is ended, lest it swallow the next."""
    before = path.read_bytes() if path.exists() else b""
    file = path.open("a", encoding="utf-8")
    if before and not before.endswith(b"\n"):
        file.write("\n")
    return file
