"""The reports of a run: to the terminal, to TensorBoard and to metrics.jsonl.

The only place that writes metrics. Learning steps return them as values; nothing here
decides on a measure or its time.
"""

import math
import pathlib
import time
from collections.abc import Callable, Mapping
from typing import Self, TextIO

import tensorflow as tf
from absl import logging
from tensorboard.compat.proto import summary_pb2
from tensorboard.plugins.hparams import api as hparams_api
from tensorboard.plugins.scalar import summary_v2 as scalar_summary

from enas_tf.config import sections as config_lib
from enas_tf.run import disk, events, layout, rows, trials
from enas_tf.run import progress as progress_lib

read_rows = rows.of_run
_FLUSH_MILLIS = 10_000  # TensorBoard rereads every 30 s; two minutes would look stuck


class Report:
    """The voice of one stage of a run.

    A row of metrics.jsonl is {"stage", "kind", "step", "time", and one key per value};
    a value that is not a finite number is null there, for JSON has no NaN. Both logs
    are opened when there is something to write: a look at a run leaves them alone.

    It is used in a `with`, behind whose end nothing more is reported. A run that goes
    on calls `rewind` before its first row; `flush` comes before each checkpoint.
    Between `begin` or `begin_forecast` and `finish`, `advance` moves the progress line;
    everything else may be called in between. A tag keeps its kind: a scalar's name
    cannot be a text's or an image's (ValueError). A disk that is full or may not be
    written is a ConfigError.

    Attributes:
      stage: whose rows and events these are.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        *,
        stage: str,
        progress: bool = True,
        verbose: bool = False,
        line: TextIO | None = None,
    ):
        """Opens nothing yet.

        Args:
          folder: the run's output folder.
          stage: "search", "train", ...; stages share metrics.jsonl, each has its own
            TensorBoard run.
          progress: draw a progress line, if standard error is a terminal.
          verbose: show the messages of `detail` too.
          line: where the progress line is drawn instead, see `progress.Bar`.
        """
        self._verbose = verbose
        self._kinds: dict[str, str] = {}
        self.stage = stage
        self._path = pathlib.Path(folder) / layout.METRICS
        self._events = self._path.parent / layout.TENSORBOARD / stage
        self._bar = progress_lib.Bar(wanted=progress, file=line)
        self._rows = rows.RowFile(self._path, keys=rows.KEYS)
        self._opened: tf.summary.SummaryWriter | None = None

    def __enter__(self) -> Self:
        """The report itself; `close` follows."""
        return self

    def __exit__(self, *error: object) -> None:
        """Closes, whatever happened."""
        self.close()

    def scalars(self, kind: str, step: int, values: Mapping[str, float]) -> None:
        """One row, and a TensorBoard scalar `<kind>/<name>` per value."""
        self._rows.append(self._row(kind, step, values))
        self._draw(kind, step, values)

    def row(self, kind: str, step: int, values: Mapping[str, float]) -> None:
        """One row, and nothing in TensorBoard, where so many tags would be a crowd."""
        self._rows.append(self._row(kind, step, values))

    def once(self, kind: str, step: int, values: Mapping[str, float]) -> None:
        """`scalars` in the place of earlier ones, which a repeated command finds again.

        So do pictures of that kind, and the trial's figures, which are reported next.
        """
        old = (self.stage, kind, int(step))
        self._rows.drop(
            lambda row: (row["stage"], row["kind"], row["step"]) == old,
            instead=self._row(kind, step, values),
        )
        self._drop_events(lambda *event: event == old[1:] or event[0] == events.FIGURES)
        self._draw(kind, step, values)
        self.flush()  # a repeated command looks at the row alone

    def holds(self, kind: str, step: int | None = None) -> bool:
        """Whether there is a row of this stage and kind, at `step` if that is given."""
        return any(
            (row["stage"], row["kind"]) == (self.stage, kind)
            and step in (None, row["step"])
            for row in self._rows.rows()
        )

    def rows_of(self, kind: str) -> list[rows.Row]:
        """The rows of this stage and kind, in the order in which they came."""
        return [
            row
            for row in self._rows.rows()
            if (row["stage"], row["kind"]) == (self.stage, kind)
        ]

    def _row(self, kind: str, step: int, values: Mapping[str, float]) -> rows.Row:
        row = {"stage": self.stage, "kind": kind, "step": int(step)}
        row["time"] = round(time.time(), 3)
        return row | {name: float(value) for name, value in values.items()}

    def _draw(self, kind: str, step: int, values: Mapping[str, float]) -> None:
        event = summary_pb2.Summary()
        for name, value in values.items():
            tag = self._tag(f"{kind}/{name}", "scalar")
            event.MergeFrom(scalar_summary.scalar_pb(tag, _in_float32(value)))
        # One event a row: with a call for each value it takes six times as long.
        with self._writer.as_default(step=int(step)):
            tf.summary.experimental.write_raw_pb(event.SerializeToString())

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
        shown as running. The trial of an earlier command goes."""
        settings = trials.values(config, self.stage)
        self._drop_events(lambda kind, step: kind in (events.FIGURES, events.TRIAL))
        with self._writer.as_default(step=0):
            hparams_api.hparams_config(*trials.columns())
            hparams_api.hparams(
                settings, trial_id=trials.name(self._path.parent, self.stage)
            )
        self._writer.flush()

    def trial_figures(self, metrics: Mapping[str, float]) -> None:
        """The stage's results, of which `trials.METRICS` stand beside its settings."""
        with self._writer.as_default(step=0):
            for name in trials.METRICS.keys() & metrics.keys():
                tag = self._tag(trials.tag(name), "scalar")
                tf.summary.scalar(tag, _in_float32(metrics[name]))

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
        """A message that only --verbose shows."""
        if self._verbose:
            self.message(text)

    def begin(self, label: str, total: int, done: int = 0, unit: str = "step") -> None:
        """Open a progress line with the time left; an open one is closed first."""
        self._bar.begin(label, total, done, unit)

    def begin_forecast(self, state: Callable[[], progress_lib.State]) -> None:
        """Open a progress line that shows `state()`, asked whenever it advances."""
        self._bar.begin_forecast(state)

    def advance(self, count: int, **shown: object) -> None:
        """Move the progress line by `count`; `shown` stands behind it."""
        self._bar.advance(count, shown)

    def finish(self) -> None:
        """Close the progress line, if one is open."""
        self._bar.finish()

    def rewind(self, keep: Callable[[str, int], bool]) -> None:
        """Drop what this stage reported for which `keep(kind, step)` is False.

        For a run that goes on from a checkpoint older than its last rows.
        """
        self._rows.drop(
            lambda row: (
                row["stage"] == self.stage and not keep(row["kind"], row["step"])
            )
        )
        self._drop_events(lambda kind, step: not keep(kind, step))

    def flush(self) -> None:
        """Let all that was reported reach the files: a checkpoint is about to say that
        it is done."""
        if self._opened is not None:
            self._opened.flush()

    def close(self) -> None:
        """Write out everything; a second call does nothing."""
        self._bar.finish()
        self._rows.close()
        self._close_writer()

    @property
    def _writer(self) -> tf.summary.SummaryWriter:
        """The writer of TensorBoard's events, to a file of its own."""
        if self._opened is None:
            with disk.refusals(self._events):
                self._events.mkdir(parents=True, exist_ok=True)
            self._opened = tf.summary.create_file_writer(
                str(self._events), flush_millis=_FLUSH_MILLIS
            )
        return self._opened

    def _close_writer(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _drop_events(self, unwanted: Callable[[str, int], bool]) -> None:
        self._close_writer()
        events.drop(self._events, unwanted)


def _in_float32(value: float) -> float:
    """`value`, or the largest number that TensorBoard holds where it is beyond that.

    So is the perplexity of a model that diverges, and TensorFlow refuses it.
    """
    number = float(value)
    if not math.isfinite(number):
        return number
    most = float(tf.float32.max)
    return max(-most, min(number, most))
