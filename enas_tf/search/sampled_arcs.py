"""A look at the policy after a controller phase: ten arcs, one line, one picture.

The arcs are kept in arcs/sampled.jsonl.
"""

import pathlib
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from enas_tf.nn import seeds
from enas_tf.run import disk, layout, rows
from enas_tf.run.measures import Measure
from enas_tf.run.report import Report
from enas_tf.search import scoring
from enas_tf.spaces.base import SearchSpace
from enas_tf.tasks.base import Task
from enas_tf.training import batching
from enas_tf.training.networks import Policy

KEYS = ("epoch", "arc")  # of its rows
NUM_SHOWN = 10  # main.py
PICTURE_SECONDS = 60.0  # a picture takes longer than a phase of a small search


class SampledArcs:
    """Draws arcs of the policy, scores and keeps them, and tells of them."""

    def __init__(
        self,
        space: SearchSpace,
        controller: Policy,
        scorer: scoring.Scorer,
        report: Report,
        *,
        task: Task,
        batch_size: int,
        seed: int,
        folder: pathlib.Path,
        draw: Callable[[Any, pathlib.Path], bool],
    ):
        """Shows nothing yet.

        Args:
          space: of the arcs.
          controller: draws them.
          scorer: scores them.
          report: gets rows, lines and pictures.
          task: whose "valid" images or windows they are scored on.
          batch_size: of an arc's examples.
          seed: the run's; arcs and examples follow from it.
          folder: where `SAMPLED` and `PICTURE` are written.
          draw: draws an arc (of ints) to a PNG file; whether it could.
        """
        self._space = space
        self._controller = controller
        self._scorer = scorer
        self._report = report
        self._task = task
        self._batch_size = batch_size
        self._seed = seed
        self._folder = folder
        self._draw = draw
        self._drawn = time.monotonic()

    def show(self, finished: int, *, entropy: float | None, last: bool) -> None:
        """Ten arcs, each on a validation batch of its own.

        Args:
          finished: epochs.
          entropy: of the policy, nats; None where it was not measured just now.
          last: whether no controller phase follows.
        """
        draw = seeds.at(self._seed, "sampled", finished)
        tokens = self._controller.draw(NUM_SHOWN, seed=draw).numpy()
        indices = self._scorer.random_batches(
            "valid", NUM_SHOWN, self._batch_size, seed=draw
        ).numpy()
        batches = batching.Batches(indices, np.ones(indices.shape, np.float32))
        means = self._scorer.means(tokens, batches, split="valid")
        measure: Measure = self._task.measure
        figures = [float(measure.display(mean)) for mean in means]
        # Nothing is known to be worse than an arc that overflows.
        best = int(np.nan_to_num(measure.sign * means, nan=-np.inf).argmax())
        mean = float(measure.display(means.mean()))
        values = {f"{measure.name}_mean": mean, f"{measure.name}_best": figures[best]}
        self._report.scalars("sampled", finished, values)
        parts = [
            f"epoch={finished:<3d} arcs: best_{measure.short}={figures[best]:<6.4g}"
        ]
        parts += [f"mean={mean:<6.4g}"]
        parts += [] if entropy is None else [f"ent={entropy:.2f}"]
        parts += [favourites(self._space.statistics(tokens))]
        self._report.message(" ".join(part for part in parts if part))
        arcs = [self._space.decode(row) for row in tokens]
        self._list(arcs, figures, measure)
        self._keep(finished, arcs, figures, measure)
        self._picture(finished, arcs[best], last)

    def _list(self, arcs: list[object], figures: list[float], measure: Measure) -> None:
        for arc, value in zip(arcs, figures, strict=True):
            self._report.detail(
                f"{self._space.text(arc)}\nval_{measure.short}={value:.4f}  "
                f"{self._space.describe(arc)}"
            )

    def _keep(
        self, finished: int, arcs: list[object], figures: list[float], measure: Measure
    ) -> None:
        lines = self._lines(lambda epoch: epoch < finished)
        lines += [
            rows.sealed(
                {"epoch": finished, measure.name: value, "arc": self._space.text(arc)}
            )
            for arc, value in zip(arcs, figures, strict=True)
        ]
        rows.write(self._folder / layout.SAMPLED, lines)

    def forget_after(self, finished: int) -> bool:
        """Drop the rows of later epochs from sampled.jsonl: a resumed run repeats them.

        Returns:
          Whether it holds anything of those that are finished.
        """
        finished_lines = self._lines(lambda epoch: epoch <= finished)
        if len(finished_lines) < len(self._lines(lambda epoch: True)):
            rows.write(self._folder / layout.SAMPLED, finished_lines)
        return bool(finished_lines)

    def _lines(self, wanted: Callable[[int], bool]) -> list[str]:
        """The rows of sampled.jsonl of the wanted epochs."""
        path = self._folder / layout.SAMPLED
        rows.mend(path, keys=KEYS)
        found = rows.read(path, keys=KEYS).rows
        return [line for line, row in found if wanted(row["epoch"])]

    def _picture(self, finished: int, best: object, last: bool) -> None:
        """The best arc as words; drawn at the end, and not often before."""
        words = f"{self._space.describe(best)}\n\n    {self._space.text(best)}"
        self._report.text("arc/sampled/text", words, finished)
        if not last and time.monotonic() - self._drawn < PICTURE_SECONDS:
            return
        picture = self._folder / layout.SAMPLED_PICTURE
        with disk.refusals(picture):
            drawn = self._draw(best, picture)
        if drawn:
            self._report.image("arc/sampled/picture", picture, finished)
        self._drawn = time.monotonic()


def favourites(statistics: dict[str, float]) -> str:
    """The policy in a word: its share of skips, or its favourite op.

    Of a space that counts neither, the first thing that it counts; "" if it has none.
    """
    if "skip_rate" in statistics:
        return f"skips={statistics['skip_rate']:.2f}"
    ops: dict[str, list[float]] = {}
    for name, share in statistics.items():
        kind, _, op = name.partition("/")
        if kind.startswith("op_frequency"):
            ops.setdefault(op, []).append(share)
    means = {op: float(np.mean(found)) for op, found in ops.items()}
    means = means or dict(list(statistics.items())[:1])
    favourite = max(means, key=means.__getitem__, default="")
    return f"{favourite}={means[favourite]:.2f}" if favourite else ""
