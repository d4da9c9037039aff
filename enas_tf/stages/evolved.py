"""Arcs that evolution finds under a search's shared weights, beside its policy's.

It has no part in the choice of the best arc. It is there to be compared with.
"""

import itertools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from enas_tf.command.request import Request
from enas_tf.nn import seeds
from enas_tf.search import arc_scores, evolution
from enas_tf.search.arc_scores import Scores
from enas_tf.spaces.costs import Costs
from enas_tf.stages import assembly, recipe
from enas_tf.stages.search_stage import SearchStage

_DRAW = 2  # of the stream "random_arcs": those before are deriving's


class Evolved(NamedTuple):
    """All arcs of an evolution, best first, and what their final children cost."""

    scores: Scores
    costs: Costs | None


def arcs(
    request: Request, stage: SearchStage, report: Callable[[int, int, float], None]
) -> Evolved:
    """As many as --derive_evolution says, scored on the examples that choose.

    Args:
      request: of the command.
      stage: the search.
      report: gets rows done, rows in all, seconds so far.
    """
    config = request.configs["search"]
    count, seed = config.derive.evolution, config.run.seed
    examples = arc_scores.examples(
        config.derive,
        valid_size=stage.task.size("valid"),
        batch_size=config.loop.batch_size,
        seed=seed,
    ).choosing
    progress = arc_scores.Progress(count * len(examples.indices), report)
    scored: list[Scores] = []

    def pay(tokens: np.ndarray) -> np.ndarray:
        found = arc_scores.on_batches(
            tokens, examples, scorer=stage.scorer, progress=progress
        )
        scored.append(found)
        return _worth(found, request, stage)

    rng = seeds.on_host(seed, "random_arcs", _DRAW)
    first = stage.space.random(rng, min(evolution.POPULATION, count))
    choices = stage.space.choices_per_token()
    alive = evolution.populations(first, pay, choices, rng)
    for _ in itertools.islice(alive, count - len(first) + 1):
        pass
    every = Scores(*(np.concatenate(part) for part in zip(*scored, strict=True)))
    best_first = every.of(np.argsort(-_worth(every, request, stage), kind="stable"))
    costs_of = assembly.SPACES[config.run.search_for].costs(
        recipe.of(request).config, stage.data
    )
    return Evolved(best_first, costs_of and costs_of(best_first.tokens))


def _worth(scores: Scores, request: Request, stage: SearchStage) -> np.ndarray:
    """What arcs are ranked by, [N]."""
    rank_by = request.configs["search"].derive.rank_by
    return scores.worth(rank_by, stage.task.measure).mean(axis=1)
