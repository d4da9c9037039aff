"""What pays the arcs of a search, put together: its reward, and the costs it reads.

Costs are of the final child of the training behind the search. What is known of that
when a search begins is kept in run.json, so that a search that goes on pays alike,
whatever training its command names.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from enas_tf.command.request import Request
from enas_tf.config import rewards as reward_rows
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config, ConfigError
from enas_tf.data.images.image_data import ImageData
from enas_tf.run.measures import Measure
from enas_tf.run.report import Report
from enas_tf.search import rewards
from enas_tf.search.payer import CostOf, Payer
from enas_tf.spaces.base import SearchSpace
from enas_tf.stages import assembly, latency, recipe
from enas_tf.stages.space_builders import Data

_SOME = 100  # random arcs whose costs are compared
KEY = "final_child"  # in what run.json says of the search


class Paying(NamedTuple):
    """What pays.

    Attributes:
      payer: of arcs.
      costs: the names of the costs that it reads.
      ranks: whether deriving ranks by it, and not by what is measured alone.
    """

    payer: Payer
    costs: tuple[str, ...]
    ranks: bool


def of(
    request: Request,
    space: SearchSpace,
    data: Data,
    measure: Measure,
    report: Report,
) -> Paying:
    """The reward of the request's search, tried, with the costs that it reads.

    Raises:
      ConfigError: it is none, or reads what is not known.
    """
    config = request.configs["search"]
    given = config.controller, measure, space, config.objective
    tried = rewards.tried(*given)
    costs = _costs(request, space, data, tried.costs, report)
    if costs:
        zeros = np.zeros((1, space.num_tokens), np.int32)
        known = {name: float(of_arcs(zeros)[0]) for name, of_arcs in costs.items()}
        tried = rewards.tried(*given, known)
        _tell_of_one_cost(space, costs, report)
    ranks = bool(config.objective.reward or costs)
    payer = Payer(tried.reward, space, measure, costs)
    return Paying(payer, tuple(costs), ranks)


def _tell_of_one_cost(
    space: SearchSpace, costs: Mapping[str, CostOf], report: Report
) -> None:
    """Say so where arcs do not differ in what the reward reads of their costs."""
    arcs = space.random(np.random.default_rng(0), _SOME)
    for name, of_arcs in costs.items():
        if np.ptp(of_arcs(arcs)) == 0:
            report.message(
                f"Careful: all arcs of this space have the same {name}, so that it "
                "cannot make a difference in the reward."
            )


def final_config(request: Request) -> Config:
    """The settings of the final child whose costs pay: those kept, or those of now."""
    kept = request.folder.fact("search", KEY, dict)
    now = recipe.of(request).config
    known = {item.flag: item for item in config_lib.settings()}
    kept = {k: v for k, v in (kept or {}).items() if k in known}
    return config_lib.replace(now, kept)


def _costs(
    request: Request,
    space: SearchSpace,
    data: Data,
    names: tuple[str, ...],
    report: Report,
) -> Mapping[str, CostOf]:
    """What counts each of `names`."""
    if not names:
        return {}
    _keep_final(request)
    name = request.configs["search"].run.search_for
    counts = assembly.SPACES[name].costs(final_config(request), data)
    if counts is None:
        raise ConfigError(
            f"The reward reads {names[0]}, which the {name} space does not say (the "
            "costs of its spec). Choose another reward, or add them."
        )
    found: dict[str, CostOf] = {
        "params": lambda tokens: counts(tokens).parameters,
        "flops": lambda tokens: counts(tokens).flops,
    }
    if reward_rows.LATENCY in names:
        assert isinstance(data, ImageData)  # of texts it is not among the names
        made = final_config(request)
        own = request, space, data, counts, made, report
        found[reward_rows.LATENCY] = latency.of(*own)
    return {cost: found[cost] for cost in names}


def _keep_final(request: Request) -> None:
    """Keep the settings of the final child, until the search has saved something."""
    if request.folder.has_checkpoint("search"):
        return
    flat = config_lib.flat(recipe.of(request).config)
    kept = {n: v for n, v in flat.items() if n.startswith(config_lib.OWN_PREFIX)}
    request.folder.record("search", **{KEY: kept})
