"""The search loop: child epochs and controller phases in turn.

Reference: paper section 2.2; reference code src/cifar10/main.py, train.
"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from enas_tf import disk
from enas_tf.config import ControllerConfig, LoopConfig
from enas_tf.nn import seeds
from enas_tf.training import scoring
from enas_tf.training.controller import ControllerMetrics, ControllerTrainer
from enas_tf.training.driver import Driver, NotFinite
from enas_tf.training.epochs import ChildEpochs

CONTROLLER = "controller_step"
EPOCH = "epoch"  # epochs that are finished, with all that follows them
COUNTERS = ("child_step", CONTROLLER, EPOCH)
SAMPLED = "sampled.jsonl"
NUM_SHOWN = 10  # arcs shown after a controller phase; main.py


class Parts(NamedTuple):
    """The collaborators of a search."""

    space: Any
    controller: Any
    scorer: scoring.Scorer
    controller_trainer: ControllerTrainer
    epochs: ChildEpochs
    driver: Driver
    report: Any


class Search:
    """Alternates the two learners until `num_epochs` child epochs are done."""

    def __init__(
        self,
        parts: Parts,
        loop: LoopConfig,
        controller: ControllerConfig,
        *,
        task: Any,
        seed: int,
        arcs_folder: Any,
        draw: Callable[[Any, Any], None],
    ):
        """Args: collaborators, settings, data, seed; where arcs and pictures go."""
        self._parts = parts
        self._loop = loop
        self._config = controller
        self._task = task
        self._measure = task.measure
        self._seed = seed
        self._arcs_folder = arcs_folder
        self._draw = draw

    def run(self) -> None:
        """Go on from the position to the end."""
        driver = self._parts.driver
        for epoch in range(driver.position[EPOCH], self._loop.num_epochs):
            self._parts.epochs.train(epoch)
            finished = epoch + 1
            if self._controller_due(finished):
                self._train_controller(finished)
                self._show_arcs(finished)
            if self._evaluation_due(finished):
                self._evaluate(finished)
            driver.position[EPOCH] = finished
            driver.save()

    @property
    def total_steps(self) -> int:
        """Child steps of the whole search."""
        return self._parts.epochs.steps_before(self._loop.num_epochs)

    @property
    def total_updates(self) -> int:
        """Controller updates of the whole search."""
        return self.controller_updates(self._loop.num_epochs)

    def _controller_due(self, finished: int) -> bool:
        """Whether a controller phase follows the `finished`-th epoch."""
        # Deviation D13: the original also waited for the evaluation's turn.
        due = finished % self._config.train_every == 0
        return self._config.training and due and finished > self._config.warmup_epochs

    def controller_updates(self, finished: int) -> int:
        """Updates made by the end of so many epochs."""
        phases = sum(self._controller_due(n) for n in range(1, finished + 1))
        return phases * self._config.train_steps

    def _evaluation_due(self, finished: int) -> bool:
        every = self._loop.eval_every_epochs
        return finished % every == 0 or finished == self._loop.num_epochs

    def _train_controller(self, finished: int) -> None:
        self._parts.driver.advance(
            CONTROLLER,
            self.controller_updates(finished),
            self._call_controller,
            log=lambda step: None,
            timed=lambda: None,
        )

    def _call_controller(self, first: int, last: int) -> None:
        run = self._parts.controller_trainer.run(
            tf.constant(first, tf.int64), tf.constant(last, tf.int64)
        )
        metrics = ControllerMetrics(*(value.numpy() for value in run.metrics))
        tokens = run.tokens.numpy()
        for row, update in enumerate(range(first, last)):
            values = {n: float(v[row]) for n, v in metrics._asdict().items()}
            if not np.isfinite(values["loss"]):
                raise NotFinite(
                    f"The controller's loss is not a number at update {update}. The "
                    "last good checkpoint is kept. Try a lower --controller_lr, in "
                    "another --output_dir."
                )
            values[self._measure.name] = self._measure.told(values.pop("measured"))
            values |= self._parts.space.statistics(tokens[row])
            self._report_update(update + 1, values)

    def _report_update(self, step: int, values: dict[str, float]) -> None:
        self._parts.report.scalars("controller", step, values)
        if step % self._loop.log_every == 0 or step % self._config.train_steps == 0:
            self._parts.report.message(
                f"ctrl_step={step:<6d} loss={values['loss']:<8.3f} "
                f"ent={values['entropy']:<7.2f} lr={self._config.lr:<7.4f} "
                f"|g|={values['grad_norm']:<8.4f} {self._measure.short}="
                f"{values[self._measure.name]:<6.4f} "
                f"bl={values['baseline']:<6.4f}"
            )

    def _show_arcs(self, finished: int) -> None:
        """Ten arcs of the policy, each on a validation batch of its own."""
        parts, draw = self._parts, seeds.at(self._seed, "sampled", finished)
        tokens = parts.controller.draw(NUM_SHOWN, seed=draw).numpy()
        indices = parts.scorer.shuffled(
            "valid", NUM_SHOWN, self._loop.batch_size, seed=draw
        ).numpy()
        batches = scoring.Batches(indices, np.ones(indices.shape, np.float32))
        means = parts.scorer.means(tokens, batches, split="valid")
        arcs = [parts.space.decode(row) for row in tokens]
        parts.report.message(f"Ten arcs of the policy after epoch {finished}:")
        told = [float(self._measure.told(mean)) for mean in means]
        best = int((self._measure.sign * means).argmax())
        for arc, value in zip(arcs, told, strict=True):
            parts.report.message(
                f"{parts.space.text(arc)}\nval_{self._measure.short}={value:.4f}  "
                f"{parts.space.describe(arc)}"
            )
        name, mean = self._measure.name, self._measure.told(means.mean())
        values = {f"{name}_mean": mean, f"{name}_best": told[best]}
        parts.report.scalars("sampled", finished, values)
        self._keep(finished, arcs, told, arcs[best])

    def _keep(self, finished: int, arcs: list, told: list[float], best: Any) -> None:
        """Write the arcs to arcs/sampled.jsonl as well; draw the best one."""
        space, report = self._parts.space, self._parts.report
        rows = self._rows_before(finished)
        rows += [
            {"epoch": finished, self._measure.name: value, "arc": space.text(arc)}
            for arc, value in zip(arcs, told, strict=True)
        ]
        text = "".join(json.dumps(row) + "\n" for row in rows)
        disk.write_text(self._arcs_folder / SAMPLED, text)
        picture = self._arcs_folder / "sampled.png"
        self._draw(best, picture)
        report.image("best_arc", picture, finished)
        report.text("best_arc", space.text(best), finished)

    def _rows_before(self, finished: int) -> list[dict[str, Any]]:
        """What sampled.jsonl holds of earlier epochs: a resumed run repeats some."""
        path = self._arcs_folder / SAMPLED
        if not path.exists():
            return []
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        return [row for row in rows if row["epoch"] < finished]

    def _evaluate(self, finished: int) -> None:
        """On validation (and test), a fresh arc for every batch as in main.py."""
        # Deviation K6 (kept): the mean of many arcs, not the accuracy of one.
        # Deviation D31: on test only where it is asked for.
        for split in ("valid", "test")[: 1 + self._loop.search_eval_test]:
            size = self._task.size(split)
            # Deviation D30: in a fixed order of no meaning. The child normalises by its
            # batch, and files are often stored class by class.
            of_test = int(split == "test")
            order = seeds.on_host(self._seed, "evaluation_order", of_test)
            batches = scoring.cut(
                size, self._loop.eval_batch_size, order=order.permutation(size)
            )
            draw = seeds.at(self._seed, "evaluate", 2 * finished + of_test)
            count = len(batches.indices)
            tokens = self._parts.controller.draw(count, seed=draw).numpy()
            means = self._parts.scorer.means(tokens, batches, split=split)
            weights = batches.weights.sum(axis=1)
            told = self._measure.told((means * weights).sum() / weights.sum())
            name = self._measure.name
            self._parts.report.scalars(split, finished, {name: told})
            self._parts.report.message(
                f"epoch={finished} {split}_{name}={told:.4f} "
                f"(mean of {count} arcs, shared weights)"
            )
