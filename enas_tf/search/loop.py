"""The search loop: child epochs and controller phases in turn.

Reference: paper section 2.2; reference code src/cifar10/main.py, train.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from enas_tf.config.sections import ControllerConfig, LoopConfig
from enas_tf.nn import seeds
from enas_tf.run import counters, finite, progress
from enas_tf.run.caller import Listener, Silent
from enas_tf.run.measures import Measure
from enas_tf.run.report import Report
from enas_tf.search import policy_watch, sampled_arcs, scoring
from enas_tf.search.controller_trainer import ControllerMetrics, ControllerTrainer
from enas_tf.search.rewarded import RewardedArcs
from enas_tf.spaces.base import SearchSpace
from enas_tf.tasks.base import Task
from enas_tf.training import batching, forecast, stopping
from enas_tf.training import pace as pace_lib
from enas_tf.training.driver import Driver
from enas_tf.training.epochs import ChildEpochs
from enas_tf.training.networks import Policy

WORDS = {
    forecast.SHOWN: "look at the policy",
    forecast.EVALUATION: "evaluation",
    forecast.EPOCH_END: "checkpoint",
}


class Collaborators(NamedTuple):
    """The collaborators of a search."""

    space: SearchSpace
    controller: Policy
    scorer: scoring.Scorer
    controller_trainer: ControllerTrainer
    epochs: ChildEpochs
    driver: Driver
    report: Report
    samples: sampled_arcs.SampledArcs
    watch: policy_watch.PolicyWatch
    listener: Listener = Silent()
    rewarded: RewardedArcs | None = None


class Search:
    """Alternates the two learners until `num_epochs` child epochs are done."""

    def __init__(
        self,
        collaborators: Collaborators,
        loop: LoopConfig,
        controller: ControllerConfig,
        *,
        task: Task,
        seed: int,
        derive_rows: int,
        announce: Callable[[float], None],
    ):
        """Nothing is done yet.

        Args:
          collaborators: of one search.
          loop: how long it is, and how often what is done.
          controller: when the controller is trained.
          task: its "valid" split, and "test" if that is evaluated on.
          seed: the run's; the arcs of evaluations follow from it.
          derive_rows: arcs times batches that deriving will score.
          announce: called with the seconds left, whenever they are news.
        """
        self._collaborators = collaborators
        self._loop = loop
        self._config = controller
        self._task = task
        self._measure = task.measure
        self._seed = seed
        self._announce = announce
        sizes = [task.size(split) for split in self._splits()]
        batches = sum(-(-size // loop.eval_batch_size) for size in sizes)
        self._passes = forecast.ForwardPasses(
            update=controller.num_aggregate,
            shown=sampled_arcs.NUM_SHOWN,
            evaluation=batches,
            derive=derive_rows,
        )
        self._announced = pace_lib.Announced()
        self._entropy: float | None = None
        self._doing = "child"

    def run(self) -> None:
        """Go on from the position to the end, or to where the listener stops."""
        listener = self._collaborators.listener
        listener.search_begins()
        done = self._collaborators.driver.position[counters.EPOCH]
        for epoch in range(done):
            listener.epoch_begins(epoch)
            self._tell_of_end(epoch)
        for epoch in range(done, self._loop.num_epochs):
            if listener.stops:
                break
            listener.epoch_begins(epoch)
            self._epoch(epoch)
            self._tell_of_end(epoch)
        listener.search_ends()

    def _epoch(self, epoch: int) -> None:
        """One epoch, from wherever the position is in it, up to its checkpoint."""
        driver = self._collaborators.driver
        self._begin("child")
        self._collaborators.epochs.train(epoch)
        finished = epoch + 1
        if self._config.phase_follows(finished):
            self._begin("controller")
            self._train_controller(finished)
            self._timed(forecast.SHOWN, self._show_arcs, finished)
        driver.stop.check()
        if self._evaluation_due(finished):
            self._begin("evaluation")
            self._timed(forecast.EVALUATION, self._evaluate, finished)
        driver.position[counters.EPOCH] = finished
        self._timed(forecast.EPOCH_END, self._save, finished)
        driver.stop.check()
        self.announce_left()

    def _tell_of_end(self, epoch: int) -> None:
        self._collaborators.listener.epoch_ends(
            epoch,
            steps=self._collaborators.epochs.steps_before(epoch + 1),
            updates=self.controller_updates(epoch + 1),
        )

    def left(self) -> dict[str, int]:
        """Units of each kind of work from the position to the end."""
        done, total = self._done(), self._counts(self._loop.num_epochs)
        return {kind: total[kind] - done[kind] for kind in total}

    def try_out(self, kind: str, units: int) -> None:
        """Do units of one kind of work out of their turn, of those that are left.

        For their time alone: behind it the search cannot go on.
        """
        driver = self._collaborators.driver
        if kind == counters.CHILD:
            self._collaborators.epochs.some(units)
        elif kind == counters.CONTROLLER:
            self._update(driver.position[counters.CONTROLLER] + units)
        else:
            work = {
                forecast.SHOWN: self._show_arcs,
                forecast.EVALUATION: self._evaluate,
                forecast.EPOCH_END: self._save,
            }[kind]
            for _ in range(units):
                work(driver.position[counters.EPOCH] + 1)

    def progress_state(self) -> progress.State:
        """The state of the search for a progress line."""
        driver, epochs = self._collaborators.driver, self._loop.num_epochs
        epoch = min(driver.position[counters.EPOCH] + 1, epochs)
        label = f"search, epoch {epoch}/{epochs}: {self._doing}"
        found = self._forecast()
        return progress.State(label, *(found or (0.0, None)))

    def announce_left(self) -> None:
        """Announce the seconds left, if they differ from what was announced."""
        found = self._forecast()
        if found and self._announced.is_news(found.left, time.monotonic()):
            self._announce(found.left)

    def _forecast(self) -> pace_lib.Forecast | None:
        total = self._counts(self._loop.num_epochs)
        return forecast.of_search(
            self._done(), total, self._passes, self._collaborators.driver.pace
        )

    def _done(self) -> dict[str, int]:
        """Units of each kind of work that are done."""
        position = self._collaborators.driver.position
        done = self._counts(position[counters.EPOCH])
        both = (counters.CHILD, counters.CONTROLLER)
        return done | {kind: position[kind] for kind in both}

    def _counts(self, finished: int) -> dict[str, int]:
        """Units of each kind of work by the end of so many epochs."""
        epochs = range(1, finished + 1)
        return {
            counters.CHILD: self._collaborators.epochs.steps_before(finished),
            counters.CONTROLLER: self.controller_updates(finished),
            forecast.SHOWN: sum(map(self._config.phase_follows, epochs)),
            forecast.EVALUATION: sum(map(self._evaluation_due, epochs)),
            forecast.EPOCH_END: finished,
        }

    def _begin(self, doing: str) -> None:
        """Name the work in hand in the progress line."""
        self._doing = doing
        self._collaborators.report.advance(0)

    def _timed(self, kind: str, work: Callable[[int], None], finished: int) -> None:
        driver, began = self._collaborators.driver, time.monotonic()
        built = kind in driver.pace.first or kind == forecast.EPOCH_END
        driver.stop.moment = f"after this {WORDS[kind]}" + (
            "" if built else f", {stopping.BUILDING}"
        )
        work(finished)
        driver.pace.note(kind, 1, time.monotonic() - began)

    def _save(self, finished: int) -> None:
        del finished
        self._collaborators.driver.save()

    def controller_updates(self, finished: int) -> int:
        """Updates made by the end of so many epochs."""
        return self._config.updates_by(finished)

    def _evaluation_due(self, finished: int) -> bool:
        every = self._loop.eval_every_epochs
        return finished % every == 0 or finished == self._loop.num_epochs

    def _train_controller(self, finished: int) -> None:
        self._update(self.controller_updates(finished))

    def _update(self, last: int) -> None:
        self._collaborators.driver.advance(
            counters.CONTROLLER,
            last,
            self._call_controller,
            log=lambda step: None,
            timed=self.announce_left,
        )

    def _call_controller(self, first: int, last: int) -> None:
        run = self._collaborators.controller_trainer.run(
            tf.constant(first, tf.int64), tf.constant(last, tf.int64)
        )
        metrics = ControllerMetrics(*(value.numpy() for value in run.metrics))
        tokens, rewards = run.tokens.numpy(), run.rewards.numpy()
        measured = self._measure.display(run.measured.numpy())
        for row, update in enumerate(range(first, last)):
            values = {n: float(v[row]) for n, v in metrics._asdict().items()}
            if not np.isfinite(values["loss"]):
                raise self._not_finite(update, tokens[row], rewards[row], measured[row])
            values[self._measure.name] = self._measure.display(values.pop("measured"))
            values |= self._collaborators.space.statistics(tokens[row])
            self._report_update(update + 1, values)
            if self._collaborators.rewarded:
                paid = tokens[row], rewards[row], measured[row]
                self._collaborators.rewarded.note(update + 1, *paid)

    def _not_finite(
        self, update: int, tokens: np.ndarray, rewards: np.ndarray, measured: np.ndarray
    ) -> finite.NotFinite:
        """Of an update whose loss is no number: its rewards, or else its weights."""
        bad = np.flatnonzero(~np.isfinite(rewards))
        if not len(bad):
            what = f"The controller's loss is not a number at update {update}"
            return finite.NotFinite(what, finite.CONTROLLER)
        arc = self._collaborators.space.text(
            self._collaborators.space.decode(tokens[bad[0]])
        )
        return finite.NotFinite(
            f"The reward of the arc {arc} is {rewards[bad[0]]} at update {update}, of "
            f"{self._measure.name} {measured[bad[0]]:.4g}",
            finite.REWARD,
        )

    def _report_update(self, step: int, values: dict[str, float]) -> None:
        self._collaborators.report.scalars("controller", step, values)
        self._entropy = values["entropy"]
        end_of_phase = step % self._config.train_steps == 0
        if step % self._loop.log_every == 0 or end_of_phase:
            # A phase has a line of its own, by `samples`.
            report = self._collaborators.report
            tell = report.detail if end_of_phase else report.message
            tell(update_line(step, values, self._measure))

    def _show_arcs(self, finished: int) -> None:
        later = range(finished + 1, self._loop.num_epochs + 1)
        last = not any(map(self._config.phase_follows, later))
        self._collaborators.samples.show(finished, entropy=self._entropy, last=last)
        self._collaborators.watch.look(finished, last=last)

    def _splits(self) -> tuple[str, ...]:
        """The splits of an evaluation."""
        # Deviation D30: on test only where it is asked for.
        return ("valid", "test")[: 1 + self._loop.search_eval_test]

    def _evaluate(self, finished: int) -> None:
        """On validation (and test), a fresh arc for every batch as in main.py."""
        # Deviation K6 (kept): the mean of many arcs, not the accuracy of one.
        for split in self._splits():
            size = self._task.size(split)
            # Deviation D29: in a fixed order of no meaning. The child normalises by its
            # batch, and files are often stored class by class.
            of_test = int(split == "test")
            order = seeds.on_host(self._seed, "evaluation_order", of_test)
            batches = batching.cut(
                size, self._loop.eval_batch_size, order=order.permutation(size)
            )
            draw = seeds.at(self._seed, "evaluate", 2 * finished + of_test)
            count = len(batches.indices)
            tokens = self._collaborators.controller.draw(count, seed=draw).numpy()
            means = self._collaborators.scorer.means(tokens, batches, split=split)
            weights = batches.weights.sum(axis=1)
            figure = self._measure.display((means * weights).sum() / weights.sum())
            name = self._measure.name
            self._collaborators.report.scalars(split, finished, {name: figure})
            self._collaborators.report.message(
                f"epoch={finished} {split}_{name}={figure:.{self._measure.places}f} "
                f"(mean of {count} arcs, shared weights)"
            )


def update_line(step: int, values: dict[str, float], measure: Measure) -> str:
    """A controller update in a line."""
    return (
        f"ctrl_step={step:<6d} loss={values['loss']:<8.5g} "
        f"ent={values['entropy']:<6.2f} |g|={values['grad_norm']:<7.4g} "
        f"{measure.short}={values[measure.name]:<6.4g} bl={values['baseline']:.4g}"
    )
