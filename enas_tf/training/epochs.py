"""Child epochs, as both the search and the retraining run them."""

from collections.abc import Callable

import tensorflow as tf

from enas_tf.config.sections import ChildConfig
from enas_tf.run import counters, finite
from enas_tf.run.report import Report
from enas_tf.training import compiled, left_out, schedules
from enas_tf.training.child import ChildTrainer
from enas_tf.training.driver import Driver
from enas_tf.training.means import Means


class ChildEpochs:
    """Trains a child epoch by epoch and writes its curve."""

    def __init__(
        self,
        trainer: ChildTrainer,
        driver: Driver,
        report: Report,
        config: ChildConfig,
        *,
        timed: Callable[[], None],
    ):
        """Nothing is trained yet.

        Args:
          trainer: does the steps.
          driver: carries the position through them.
          report: gets the rows and the lines.
          config: the learning rates.
          timed: called once a step's time is known, as `Driver.advance` calls it.
        """
        self._trainer = trainer
        self._driver = driver
        self._report = report
        self._config = config
        self._timed = timed
        self._lr = 0.0
        self._epoch = 0
        self._left_out = 0  # steps of which it was told

    def steps_before(self, epoch: int) -> int:
        """Child steps in the epochs before `epoch`."""
        return self._trainer.lessons.steps_before(epoch)

    def train(self, epoch: int) -> None:
        """Finish `epoch`, counted from 0, from wherever the position is in it."""
        self._advance(epoch, self.steps_before(epoch + 1))

    def some(self, count: int) -> None:
        """Do so many steps from the position, whatever epochs they are of."""
        done = self._driver.position[counters.CHILD]
        epoch, last = 0, done + count
        while done < last:
            while self.steps_before(epoch + 1) <= done:
                epoch += 1
            done = min(last, self.steps_before(epoch + 1))
            self._advance(epoch, done)

    def _advance(self, epoch: int, last: int) -> None:
        self._lr = schedules.child_learning_rate(self._config, epoch)
        self._epoch = epoch
        self._driver.advance(
            counters.CHILD, last, self._call, log=self._log, timed=self._timed
        )

    def _call(self, first: int, last: int) -> None:
        steps = (tf.constant(number, tf.int64) for number in (first, last))
        with compiled.refusals():
            run = self._trainer.run(*steps, tf.constant(self._lr))
        if not run.goes_on:
            arc = self._trainer.arc_text(run.tokens.numpy())
            where = f" with the arc {arc}" if arc else ""
            if self._trainer.loss_scale:
                where += " in float16, which ends at 65,504"
            what = f"The loss is not a number at child step {int(run.last)}{where}"
            if self._trainer.left_out:
                what = (
                    "The loss or its gradient was not a number in "
                    f"{left_out.MOST_IN_A_ROW} child steps in a row, at last at child "
                    f"step {int(run.last)}{where}"
                )
            raise finite.NotFinite(what, finite.NETWORK, self._remedy())
        self._tell_left_out(last)

    def _remedy(self) -> str:
        """What could help that was not done."""
        remedy = f"Try a lower --{self._lr_flag}"
        if self._config.clip_mode != "global":
            remedy += ", or --child_clip_mode=global"
        return f"{remedy}, in another --output_dir."

    @property
    def _lr_flag(self) -> str:
        return "child_lr_max" if self._config.lr_cosine else "child_lr"

    def _tell_left_out(self, step: int) -> None:
        """Say that steps were left out: of the first, and of twice as many."""
        count = self._trainer.left_out.steps if self._trainer.left_out else 0
        if count and count >= 2 * self._left_out:
            self._left_out = count
            self._report.message(
                f"{count} of the steps up to child step {step} changed nothing: with "
                "their arcs the loss or the gradient was not finite. A lower "
                f"--{self._lr_flag} makes them rarer; the search would end after "
                f"{left_out.MOST_IN_A_ROW} in a row."
            )

    def _log(self, step: int) -> None:
        """The mean of each metric since the last row."""
        values = self._displayed(self._trainer.row)
        if self._trainer.loss_scale:
            values["loss_scale"] = self._trainer.loss_scale.value
        self._report.scalars("child", step, dict(values, lr=self._lr))
        # An epoch may be short: a line is worth as many steps as a row at most.
        if self._trainer.line.steps >= self._driver.log_every:
            self._show(step)

    def _show(self, step: int) -> None:
        """The mean of each metric since the last line."""
        values = self._displayed(self._trainer.line)
        measure = self._trainer.measure
        self._report.message(
            f"epoch={self._epoch + 1:<3d} step={step:<6d} "
            f"loss={values['loss']:<6.3f} lr={self._lr:<7.3g} "
            f"|g|={values['grad_norm']:<6.4g} "
            f"tr_{measure.short}={values[measure.name]:.4g}"
        )

    def _displayed(self, means: Means) -> dict[str, float]:
        """Means as they are displayed, by their names; they begin anew."""
        values = means.values()
        means.reset()
        measure = self._trainer.measure
        values[measure.name] = float(measure.display(values.pop("measured")))
        return values
