"""The table and the picture of what a search with a cost in its reward has seen."""

import json

import numpy as np

from enas_tf import plots
from enas_tf.command.request import Request
from enas_tf.run import disk, layout, rows
from enas_tf.run.report import Report
from enas_tf.search import pareto, rewarded
from enas_tf.search.pareto import SeenArc
from enas_tf.stages import objective_words
from enas_tf.stages.search_stage import SearchStage

TAG = "arc/derived/pareto"


def draw(request: Request, stage: SearchStage, report: Report) -> None:
    """Write both into arcs/, if the search kept what it rewarded; behind deriving."""
    from enas_tf.plots import pareto as picture  # imports matplotlib

    arcs, measure = request.folder.arcs, stage.task.measure
    path = arcs / layout.REWARDED
    if not stage.paying.costs or not path.is_file():
        return
    cost = stage.paying.costs[0]
    keys = (*rewarded.KEYS, measure.name, cost)
    with disk.refusals(path):
        found = [row for _, row in rows.read(path, keys=keys).rows]
    seen = pareto.seen(found, measure.name, cost)
    if not seen:
        return
    costs = np.array([one.cost for one in seen])
    measured = np.array([one.measured for one in seen])
    front = pareto.front(costs, measure.sign * measured)
    table = [_row(seen[place], measure.name, stage.paying.costs) for place in front]
    disk.write_text(arcs / layout.PARETO, "".join(f"{line}\n" for line in table))
    objective = request.configs["search"].objective
    with disk.refusals(arcs / layout.PARETO_PICTURE):
        plots.draw_pareto(
            picture.Seen(
                costs=costs,
                measured=measured,
                updates=np.array([one.step for one in seen]),
                front=front,
                cost=objective_words.UNITS[cost],
                measure=f"{measure.name}, on the batches of the rewards",
                target=objective.reward_target if objective.cost == cost else None,
            ),
            arcs / layout.PARETO_PICTURE,
        )
    report.image(TAG, arcs / layout.PARETO_PICTURE, 0)
    report.message(
        f"Of {len(seen):,} arcs that were rewarded {len(front)} are beaten by none in "
        f"{measure.name} and {cost}: {layout.ARCS}/{layout.PARETO}."
    )


def _row(one: SeenArc, measure: str, costs: tuple[str, ...]) -> str:
    """A line of the table: how often it was seen tells what its figure is worth."""
    own = {measure: one.measured, **{name: one.row[name] for name in costs}}
    return json.dumps({**own, "seen": one.seen, "arc": one.arc})
