"""What is known of arcs before they are trained: scores that may rank them."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from enas_tf.arcs import forms
from enas_tf.campaign import begun, folder, jobs, state, structure, untrained
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.config import sections as config
from enas_tf.config.sections import ConfigError
from enas_tf.config.spaces import registry
from enas_tf.run import layout, measures
from enas_tf.run.folder import RunFolder
from enas_tf.run.rows import Row
from enas_tf.spaces.base import SearchSpace

PARAMETERS = "log parameters"
_ABSENT = (
    "All arcs of the {} space are of one size, as far as is known, and synflow and "
    "naswot are of networks of images: parameters, FLOPs and proxies are left out. A "
    "perplexity ranks arcs as its log-likelihood does."
)


def of(
    campaign: CampaignFolder, plan: Plan, arcs: Sequence[str]
) -> dict[str, np.ndarray]:
    """{name of the score: [n]}; a larger one says that an arc is better.

    Args:
      campaign: of --mode=correlate; its search and trainings of `arcs` are done.
      plan: its plan.
      arcs: as the trainings print them.

    Raises:
      ConfigError: the list of what the search scored is damaged.
    """
    search = campaign.run(plan, 0)
    form, settings = forms.FORMS[plan.space], begun.config(search, "search", plan.space)
    size = config.flat(settings)[form.sized_by]
    space = form.of_size(size, settings.child.op_choice)
    rows = _listed(search, space, arcs)
    return {
        **_shared(rows, measures.BY_NAME[registry.SPECS[plan.space].data.measure]),
        **(_sizes(rows) if plan.space in config.IMAGES else {}),  # see `absent`
        **_structure(space, arcs),
        **_proxies(campaign, plan, arcs),
    }


def absent(plan: Plan) -> list[str]:
    """Why some are missing, in words."""
    return [] if plan.space in config.IMAGES else [_ABSENT.format(plan.space)]


def _listed(
    search: RunFolder, space: SearchSpace[Any], arcs: Sequence[str]
) -> list[dict[str, Any]]:
    """The rows of `arcs`, of those that the search scored at random."""
    path = search.arcs / layout.DERIVED
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        random = [row for row in rows if row["source"] == jobs.RANDOM]
        by_arc = {_key(space, row["arc"]): row for row in random}
        return [by_arc[_key(space, arc)] for arc in arcs]
    except (OSError, ValueError, LookupError, TypeError):
        raise ConfigError(
            f"{path} lacks arcs that this campaign has trained, or is damaged: it was "
            "made anew. Move the campaign's folder away and give its command again."
        ) from None


def _key(space: SearchSpace[Any], arc: str) -> str:
    return " ".join(map(str, space.encode(space.parse(arc))))


def _shared(rows: Sequence[Row], measure: measures.Measure) -> dict[str, np.ndarray]:
    measured = measure.sign * np.array([row[measure.name] for row in rows])
    found = {f"shared {measure.name}": measured}
    if measure.sign > 0 and all("log_likelihood" in row for row in rows):
        likelihood = [row["log_likelihood"] for row in rows]
        found["shared log-likelihood"] = np.array(likelihood)
    return found


def _sizes(rows: Sequence[Row]) -> dict[str, np.ndarray]:
    if not all(row.get("parameters") and row.get("flops") for row in rows):
        return {}
    return {
        PARAMETERS: np.log([row["parameters"] for row in rows]),
        "log FLOPs": np.log([row["flops"] for row in rows]),
    }


def _structure(space: SearchSpace[Any], arcs: Sequence[str]) -> dict[str, np.ndarray]:
    found = [structure.of(space.parse(arc)) for arc in arcs]
    named = [one for one in found if one]
    return {named[0][0]: np.array([n for _, n in named], float)} if named else {}


def _proxies(
    campaign: CampaignFolder, plan: Plan, arcs: Sequence[str]
) -> dict[str, np.ndarray]:
    if plan.space not in config.IMAGES:
        return {}
    trained = next(
        campaign.run(plan, number)
        for number, job in enumerate(plan.jobs)
        if job.mode == jobs.TRAIN and state.is_done(campaign, plan, number)
    )
    settings = begun.config(trained, "train", plan.space)
    found = untrained.scores(arcs, settings, campaign.path / folder.PROXIES)
    return {
        name: np.array(
            [-np.inf if (v := found[arc][place]) is None else v for arc in arcs]
        )
        for place, name in enumerate(untrained.NAMES)
    }
