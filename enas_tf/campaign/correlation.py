"""The end of --mode=correlate: which scores rank arcs, as a table and as pictures."""

import math
import pathlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from enas_tf import plots
from enas_tf.campaign import correlate, draws, folder, predictors, table
from enas_tf.campaign.correlate import Agreement, Figure
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.campaign.results import Retrained
from enas_tf.plots.scatter import Points
from enas_tf.run import disk

_CEILING = "ceiling: another seed"
_FEWEST = 3  # arcs; of two any score ranks them right or wrong
_INTRODUCTION = (
    "How scores rank arcs as training from scratch does, with 95 % intervals over "
    f"other arcs where these are {correlate.FEWEST} or more; best: the best fifth by "
    "another seed."
)
_FEWEST_BEST = 4  # as there are of twenty
_HEAD = ("score", "arcs", "Kendall's tau", "Spearman's rho", "tau above parameters")
_RANKS = {
    1: "ranks arcs better than",
    -1: "ranks arcs worse than",
    0: "is not shown to rank arcs better or worse than",
}


class Trained(NamedTuple):
    """The arcs that were trained from all seeds.

    Attributes:
      arcs: as they are printed.
      scores: [S, n], of S seeds.
      seed: the first.
    """

    arcs: list[str]
    scores: np.ndarray
    seed: int


def tell(campaign: CampaignFolder, plan: Plan, rows: Sequence[Retrained]) -> list[str]:
    """Write correlations.json and the pictures; the table in words."""
    trained = of_all_seeds(rows)
    if len(trained.arcs) < _FEWEST:
        return [f"Ranks need {_FEWEST} arcs that are trained from all seeds."]
    scores = predictors.of(campaign, plan, trained.arcs)
    counts = correlate.samples(
        len(trained.arcs), draws.generator(trained.seed, "samples")
    )
    found = {"all": agreements(scores, trained.scores, counts)}
    best = int(correlate.best_fifth(trained.scores, 0).sum())
    if best >= _FEWEST_BEST:
        found["best"] = agreements(scores, trained.scores, counts, best=True)
    kept = {group: _in_json(rows) for group, rows in found.items()}
    disk.write_json(campaign.path / folder.CORRELATIONS, kept)
    values = {name: one.tolist() for name, one in scores.items()}
    points = dict(arcs=trained.arcs, trained=trained.scores.tolist(), scores=values)
    disk.write_json(campaign.path / folder.SCORES, points)
    draw(campaign.path / folder.SCATTER, scores, trained, found["all"])
    told = [*_sentence(found["all"]), _INTRODUCTION, *_table(found)]
    if best < _FEWEST_BEST:
        told.append(f"The best fifth are {best} arcs, too few to be ranked.")
    return [*told, *predictors.absent(plan)]


def of_all_seeds(rows: Sequence[Retrained]) -> Trained:
    """Of the trainings, those of arcs that have one from each seed."""
    by = {(row.retrain, row.arc): row.score for row in rows}
    seeds = sorted({row.retrain for row in rows})
    arcs = list(dict.fromkeys(row.arc for row in rows))
    arcs = [arc for arc in arcs if all((seed, arc) in by for seed in seeds)]
    scores = np.array([[by[seed, arc] for arc in arcs] for seed in seeds])
    return Trained(arcs, scores, seeds[0])


def agreements(
    scores: Mapping[str, np.ndarray],
    trained: np.ndarray,
    counts: np.ndarray,
    *,
    best: bool = False,
) -> dict[str, Agreement]:
    """Each of `scores` against `trained` [S, n], with the ceiling before them."""
    found = {}
    if len(trained) > 1:
        found[_CEILING] = correlate.ceiling(trained, counts, best=best)
    for name, values in scores.items():
        other = None if name == predictors.PARAMETERS else predictors.PARAMETERS
        found[name] = correlate.agreement(
            values, trained, counts, best=best, above=scores.get(other or "")
        )
    return found


def draw(
    where: pathlib.Path,
    scores: Mapping[str, np.ndarray],
    trained: Trained,
    found: Mapping[str, Agreement],
) -> None:
    """A picture of each score in the folder `where`, and one of the seeds."""
    best = correlate.best_fifth(trained.scores[:1], 0)
    every = dict(scores)
    if len(trained.scores) > 1:
        every = {_CEILING: trained.scores[0], **scores}
    for name, values in every.items():
        up = trained.scores[1:] if name == _CEILING else trained.scores
        title = f"{name}: tau {_words(found[name].tau)}"
        legend = "best fifth of the first seed"
        points = Points(values, up, name, "from scratch", title, best, legend)
        file = name.replace(":", "").replace(" ", "_")
        plots.draw_scatter(points, where / f"{file}.png")


def _table(found: Mapping[str, Mapping[str, Agreement]]) -> list[str]:
    cells = [
        (
            name,
            f"{group} {one.arcs}",
            _words(one.tau),
            _words(one.rho),
            _words(one.above) if one.above else "-",
        )
        for group, rows in found.items()
        for name, one in rows.items()
    ]
    return table.aligned([_HEAD, *cells])


def _words(figure: Figure) -> str:
    if not math.isfinite(figure.value):
        return "-"
    if not math.isfinite(figure.low):
        return f"{figure.value:+.2f}"
    return f"{figure.value:+.2f} ({figure.low:+.2f} to {figure.high:+.2f})"


def _sentence(found: Mapping[str, Agreement]) -> list[str]:
    """Whether the shared weights rank better than counting parameters.

    Or than chance, where all arcs are of one size, so that there is nothing to count.
    """
    told = []
    for name, one in found.items():
        if not name.startswith("shared "):
            continue
        sized = one.above is not None and math.isfinite(one.above.value)
        figure = one.above if one.above and sized else one.tau
        clear = int(figure.low > 0) - int(figure.high < 0)
        other = "their number of parameters" if sized else "chance"
        told.append(f"The {name} {_RANKS[clear]} {other}.")
    return told


def _in_json(found: Mapping[str, Agreement]) -> list[dict[str, object]]:
    return [
        dict(
            score=name,
            arcs=one.arcs,
            tau=one.tau._asdict(),
            rho=one.rho._asdict(),
            above_parameters=one.above and one.above._asdict(),
        )
        for name, one in found.items()
    ]
