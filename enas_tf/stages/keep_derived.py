"""What deriving found, written into a run's folder and told to the user."""

import json
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from enas_tf import plots
from enas_tf.command.request import Request
from enas_tf.config import rewards
from enas_tf.config.sections import Config
from enas_tf.run import best_arc, counters, disk, layout
from enas_tf.run.measures import Measure
from enas_tf.run.report import Report
from enas_tf.search import size_words
from enas_tf.search.arc_scores import Scores
from enas_tf.search.contrasts import Contrasts
from enas_tf.search.derived import Derived
from enas_tf.spaces.costs import Costs
from enas_tf.stages import derived_words, objective_words, recipe
from enas_tf.stages.evolved import Evolved
from enas_tf.stages.retrained import Retrained
from enas_tf.stages.search_stage import SearchStage


class Found(NamedTuple):
    """All that deriving found.

    Attributes:
      derived: under the search's weights.
      evened: the comparisons under neutral weights, if they were made.
      retrained: the best arcs, trained from scratch, best first; may be none.
      evolved: arcs of an evolution, if there was one.
    """

    derived: Derived
    evened: Contrasts | None
    retrained: Sequence[Retrained]
    evolved: Evolved | None = None

    @property
    def winner(self) -> Retrained | None:
        """The best of those that were trained from scratch; None: the search chose."""
        first = self.retrained[0] if self.retrained else None
        return first if first and first.found else None


def keep(request: Request, stage: SearchStage, found: Found, report: Report) -> None:
    """Write run.json, then arcs/, which follows from it, and say what was found."""
    space, measure, derived = stage.space, stage.task.measure, found.derived
    best = space.decode(derived.policy.tokens[0])
    if found.winner:
        best = space.parse(found.winner.text)
    figures, words = derived.figures(measure), _words(request, stage, found)
    _record(request, stage, found, arc=space.text(best), words=words)
    arcs = request.folder.arcs
    for name in (layout.BEST_JSON, layout.BEST_TEXT):
        best_arc.write(arcs / name, space.text(best), request.configs["search"])
    title = f"{space.name}: {measure.name} {_title(found, measure)}"
    picture = arcs / layout.BEST_PICTURE
    drawn = plots.draw_arc(space, best, picture, title=title)
    disk.write_text(arcs / layout.DERIVED, _rows(stage, found))
    report.once("derive", 0, figures)
    if drawn:
        report.image("arc/derived/picture", picture, 0)
    about = f"{space.describe(best)}\n\n    {space.text(best)}"
    report.text("arc/derived/text", about, 0)
    report.trial_figures(figures)
    for line in (space.describe(best), *words.best, *words.beside):
        report.message(line)


def _words(
    request: Request, stage: SearchStage, found: Found
) -> derived_words.Sentences:
    """Of all that was found."""
    config = request.configs["search"]
    worth = [one.found and one.found.measured for one in found.retrained]
    ranked = [
        stage.space.text(stage.space.decode(row))
        for row in found.derived.different.tokens
    ]
    place = ranked.index(found.winner.text) + 1 if found.winner else 0
    said = derived_words.sentences(
        found.derived,
        found.evened,
        config,
        stage.task.measure,
        trained=stage.driver.position[counters.CONTROLLER] > 0,
        of_child="" if stage.paying.costs else recipe.of(request).of_child,
        retrained=worth,
        place=place,
    )
    if stage.paying.ranks:
        paid = stage.paying.payer, config.objective, _pays(config, stage)
        said.beside.extend(objective_words.sentences(found.derived, *paid))
    return said


def _pays(config: Config, stage: SearchStage) -> str:
    """What --controller_reward pays, in a word."""
    named = config.controller.reward
    if named != rewards.AUTO:
        return named
    measure = stage.task.measure
    return measure.name if measure.sign > 0 else f"80 / {measure.name}"


def _record(
    request: Request,
    stage: SearchStage,
    found: Found,
    *,
    arc: str,
    words: derived_words.Sentences,
) -> None:
    """In run.json; what an earlier deriving found and this one did not is emptied."""
    derived, evened, measure = found.derived, found.evened, stage.task.measure
    paying, paid = stage.paying, {}
    if paying.ranks:
        paid["objective"] = objective_words.facts(derived, paying.payer)
    sizes = size_words.sizes(derived.arcs)
    by_size = size_words.figures(derived.contrasts, measure)
    request.folder.record(
        "derive",
        arc=arc,
        in_words=words.best,
        more_in_words=words.beside,
        chosen_by="retraining" if found.winner else "search",
        size={**sizes, **by_size},
        neutral=_neutral_figures(evened, measure) if evened else {},
        **derived.ranking(),
        **derived.sizes(),
        **derived.figures(measure),
        **paid,
    )


def _neutral_figures(evened: Contrasts, measure: Measure) -> dict[str, float]:
    policy = float(measure.display(evened.random.policy_mean))
    found = {f"policy_{measure.name}": policy}
    found |= evened.random.figures(measure, "random")
    return found | size_words.figures(evened, measure)


def _title(found: Found, measure: Measure) -> str:
    """The best arc's figure, and the examples behind it, in words."""
    if found.winner and found.winner.found:
        honest = measure.words(found.winner.found.measured)
        return f"{honest} on validation, trained from scratch"
    chose = "did not choose" if len(found.derived.held_out) else "chose"
    honest = measure.words(found.derived.held_out_mean)
    return f"{honest} on validation that {chose} it"


def _rows(stage: SearchStage, found: Found) -> str:
    """derived.jsonl: an arc a row, with its score and what its final child costs."""
    space, measure, paying = stage.space, stage.task.measure, stage.paying
    derived = found.derived
    arcs, rows = derived.arcs, []
    costs = arcs.policy_costs
    if costs:
        costs = Costs(*(part[derived.order] for part in costs))
    groups = [("policy", derived.policy, costs)]
    groups.append(("random", derived.random, arcs.random_costs))
    groups.append(("matched", derived.matched, arcs.match and arcs.match.costs))
    if found.evolved:
        groups.append(("evolution", *found.evolved))
    for source, scores, of_group in groups:
        figures = _figures(scores, of_group, derived.rank_by, measure)
        if paying.ranks and len(scores.tokens):
            figures |= objective_words.figures(scores, paying.payer)
        for number, tokens in enumerate(scores.tokens):
            arc = space.text(space.decode(tokens))
            own = {name: part[number].item() for name, part in figures.items()}
            rows.append({"source": source, **own, "arc": arc})
    return "".join(json.dumps(disk.finite(row)) + "\n" for row in rows)


def _figures(
    scores: Scores, costs: Costs | None, rank_by: str, measure: Measure
) -> dict[str, np.ndarray]:
    """Of the arcs of a group, [N] each."""
    found = {measure.name: np.asarray(measure.display(scores.means))}
    if rank_by == "log_likelihood":
        found["log_likelihood"] = scores.log_likelihoods.mean(axis=1)
    return found | (costs._asdict() if costs else {})
