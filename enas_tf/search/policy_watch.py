"""A look at the policy after each controller phase: where it stands, if all is well.

All of it follows from the controller's weights, from arcs drawn for the purpose and
from the rows of the phase, so that a resumed search needs nothing but its checkpoint
and its metrics.jsonl.
"""

import pathlib
import time
from collections.abc import Callable, Collection, Mapping

import numpy as np

from enas_tf.config.sections import ControllerConfig
from enas_tf.nn import seeds
from enas_tf.run import disk
from enas_tf.run.report import Report
from enas_tf.run.rows import Row
from enas_tf.search import health, policy_figures
from enas_tf.search.controller import Controller
from enas_tf.search.payer import Payer
from enas_tf.spaces.base import SearchSpace
from enas_tf.spaces.costs import CostsOf

NUM_ARCS = 100  # that the figures of a policy are taken from
POLICY, OPS = "policy", "ops"  # kinds of rows
Figures = Mapping[str, float]
PICTURE_SECONDS = 60.0  # drawing takes longer than a phase of a small search


class PolicyWatch:
    """Reports figures of the policy, draws its ops, and warns."""

    def __init__(
        self,
        space: SearchSpace,
        controller: Controller,
        report: Report,
        *,
        config: ControllerConfig,
        rewards: Collection[str],
        num_epochs: int,
        seed: int,
        weightless: Collection[str],
        costs: CostsOf | None,
        payer: Payer,
        picture: pathlib.Path,
        draw: Callable[[pathlib.Path], None],
    ):
        """Looks at nothing yet.

        Args:
          space: of the arcs.
          controller: the policy.
          report: gets rows and the picture, and holds earlier rows.
          config: of the controller.
          rewards: the values of --controller_reward that the space takes.
          num_epochs: of the whole search.
          seed: the run's; the arcs follow from it, and where the policy began.
          weightless: names of the space's ops without weights.
          costs: counts arcs; None: nothing does.
          payer: pays them, and knows what the reward counts of them.
          picture: the PNG file of the ops.
          draw: draws that file from metrics.jsonl.
        """
        self._space = space
        self._controller = controller
        self._report = report
        self._config = config
        self._cures = health.cures(config, rewards)
        self._total = config.updates_by(num_epochs)
        self._seed = seed
        self._weightless = weightless
        self._costs = costs
        self._payer = payer
        self._picture = picture
        self._draw = draw
        self._drawn = time.monotonic()
        # Its weights follow from the seed, so it need not be in a checkpoint.
        self._first = Controller(space.tape(), config, seed=seed)

    def look(self, finished: int, *, last: bool) -> None:
        """Report on the policy after so many epochs; `last`: no phase follows."""
        draw = seeds.at(self._seed, "watched", finished)
        sample = self._controller.sample(NUM_ARCS, seed=draw)
        tokens = sample.tokens.numpy()
        entropy = float(sample.entropy.numpy().mean(dtype=np.float64))
        ratio = sample.log_prob - self._first.log_prob(sample.tokens).log_prob
        divergence = float(ratio.numpy().mean(dtype=np.float64))
        figures = self._figures(finished, tokens, entropy, divergence)
        earlier = self._report.rows_of(POLICY)
        self._report.scalars(POLICY, finished, figures)
        self._report.row(OPS, finished, policy_figures.choices(self._space, tokens))
        for trouble in (self._not_moved, self._collapsed):
            # Once a search: the rows of a search that goes on tell what was said.
            said = any(trouble(row["step"], row) for row in earlier)
            if not said and (words := trouble(finished, figures)):
                self._report.message(f"Careful: {words}")
        self._show_ops(finished, last)

    def _figures(
        self, finished: int, tokens: np.ndarray, entropy: float, divergence: float
    ) -> dict[str, float]:
        """Figures by name; one that is not known is left out."""
        space = self._space
        found = dict(
            signal_share=policy_figures.signal_share(self._updates(finished)),
            divergence_from_uniform=policy_figures.divergence_from_uniform(
                space, entropy
            ),
            moved=policy_figures.moved(space, tokens, divergence),
            unique_arcs=float(policy_figures.unique(tokens)),
            weightless_share=policy_figures.weightless_share(
                space, tokens, self._weightless
            ),
            policy_parameters=self._parameters(tokens),
        )
        for name, counted in self._payer.costs(tokens).items():
            found[f"mean_{name}"] = float(counted.mean())
        return {name: value for name, value in found.items() if value is not None}

    def _updates(self, finished: int) -> list[Row]:
        """The rows of the phase's updates."""
        last = self._config.updates_by(finished)
        first = last - self._config.train_steps
        return [
            row
            for row in self._report.rows_of("controller")
            if first < row["step"] <= last
        ]

    def _parameters(self, tokens: np.ndarray) -> float | None:
        if self._costs is None:
            return None
        return policy_figures.geometric_mean(self._costs(tokens).parameters)

    def _not_moved(self, finished: int, figures: Figures) -> str:
        return health.not_moved(
            figures,
            updates=self._config.updates_by(finished),
            total=self._total,
            num_tokens=self._space.num_tokens,
            cures=self._cures,
        )

    def _collapsed(self, finished: int, figures: Figures) -> str:
        del finished
        return health.collapsed(figures, arcs=NUM_ARCS, size=self._space.size)

    def _show_ops(self, finished: int, last: bool) -> None:
        """Drawn at the end, and not often before."""
        if not last and time.monotonic() - self._drawn < PICTURE_SECONDS:
            return
        with disk.refusals(self._picture):
            self._draw(self._picture)
        self._report.image(f"{POLICY}/ops/picture", self._picture, finished)
        self._drawn = time.monotonic()
