"""Child epochs, as both the search and the retraining run them."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from enas_tf.config import ChildConfig
from enas_tf.training import schedules
from enas_tf.training.child import ChildMetrics, ChildTrainer
from enas_tf.training.driver import Driver, NotFinite

COUNTER = "child_step"


class ChildEpochs:
    """Trains a child epoch by epoch and writes its curve."""

    def __init__(
        self,
        trainer: ChildTrainer,
        driver: Driver,
        report: Any,
        config: ChildConfig,
        *,
        timed: Callable[[], None],
    ):
        """Args: what steps, what carries the steps, what shows; `timed` as driver's."""
        self._trainer = trainer
        self._driver = driver
        self._report = report
        self._config = config
        self._timed = timed
        self._sums = dict.fromkeys(ChildMetrics._fields, 0.0)
        self._steps = 0
        self._shown = dict(self._sums)
        self._unshown = 0
        self._lr = 0.0
        self._epoch = 0

    def steps_before(self, epoch: int) -> int:
        """Child steps in the epochs before `epoch`."""
        return self._trainer.lessons.steps_before(epoch)

    def train(self, epoch: int) -> None:
        """Finish `epoch`, counted from 0, from wherever the position is in it."""
        self._lr = schedules.child_learning_rate(self._config, epoch)
        self._epoch = epoch
        last = self.steps_before(epoch + 1)
        self._driver.advance(
            COUNTER, last, self._call, log=self._log, timed=self._timed
        )

    def _call(self, first: int, last: int) -> None:
        run = self._trainer.run(
            tf.constant(first, tf.int64),
            tf.constant(last, tf.int64),
            tf.constant(self._lr),
        )
        if not run.finite:
            raise NotFinite(self._complaint(run))
        for name, value in run.sums._asdict().items():
            self._sums[name] += float(value)
            self._shown[name] += float(value)
        self._steps += last - first
        self._unshown += last - first

    def _complaint(self, run: Any) -> str:
        arc = self._trainer.arc_text(run.tokens.numpy())
        where = f" with the arc {arc}" if arc else ""
        return (
            f"The loss is not a number at child step {int(run.last)}{where}. The last "
            "good checkpoint is kept. Try a lower --child_lr_max (without cosine: "
            "--child_lr), or "
            "--child_clip_mode=global, in another --output_dir."
        )

    def _log(self, step: int) -> None:
        """The mean of each metric since the last row."""
        values = self._told(self._sums, self._steps)
        self._report.scalars("child", step, dict(values, lr=self._lr))
        self._sums = dict.fromkeys(self._sums, 0.0)
        self._steps = 0
        # An epoch may be short: a line is worth as many steps as a row at most.
        if self._unshown >= self._driver.log_every:
            self._show(step)

    def _show(self, step: int) -> None:
        """The mean of each metric since the last line."""
        values = self._told(self._shown, self._unshown)
        measure = self._trainer.measure
        self._report.message(
            f"epoch={self._epoch + 1:<3d} step={step:<6d} "
            f"loss={values['loss']:<6.3f} lr={self._lr:<7.3g} "
            f"|g|={values['grad_norm']:<6.4g} "
            f"tr_{measure.short}={values[measure.name]:.4g}"
        )
        self._shown = dict.fromkeys(self._shown, 0.0)
        self._unshown = 0

    def _told(self, sums: dict[str, float], steps: int) -> dict[str, float]:
        """Means by the names under which they are told."""
        values = {name: total / steps for name, total in sums.items()}
        measure = self._trainer.measure
        values[measure.name] = float(measure.told(values.pop("measured")))
        return values
