"""The stages `search` and `derive`: one set of parts, put together the same way."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from enas_tf import plots
from enas_tf.command.request import Request
from enas_tf.config import errors
from enas_tf.config.sections import Config, ConfigError
from enas_tf.run import best_arc, counters, disk, layout
from enas_tf.run.measures import Measure
from enas_tf.run.report import Report
from enas_tf.search import controller_trainer as controller_lib
from enas_tf.search import derive as derive_lib
from enas_tf.search import loop as search_lib
from enas_tf.search import rewarder as rewarder_lib
from enas_tf.search import rewards, sampled_arcs, scoring
from enas_tf.search.controller import Controller
from enas_tf.spaces.base import SearchSpace
from enas_tf.stages import (
    assembly,
    earlier,
    same_data,
    same_machine,
    same_ops,
    summary,
    watch,
)
from enas_tf.tasks.base import Task
from enas_tf.training import arc_draws, forecast, networks, shared, stopping
from enas_tf.training.driver import Driver
from enas_tf.training.epochs import ChildEpochs

ANNOUNCED_SECONDS = 60  # what is shorter is over before its announcement is read


class SearchStage(NamedTuple):
    """A search, put together and standing where its last checkpoint was."""

    space: SearchSpace[Any]
    task: Task[Any]
    controller: Controller
    scorer: scoring.Scorer
    search: search_lib.Search
    driver: Driver
    restored: bool


def search(request: Request) -> None:
    """Search to the end, or go on with a search; then derive the best arc."""
    config, folder = request.configs["search"], request.folder
    with assembly.report(request, "search") as report:
        folder.bind_settings("search", config)
        same_machine.bind(request, "search", report)
        stage = _build(request, report)
        epochs = stage.driver.position[counters.EPOCH]
        earlier.log_changes(request, "search", epochs)
        report.begin_trial(config)
        report.begin_forecast(stage.search.progress_state)
        with stage.driver.stoppable():
            with summary.timed(folder, "search", goes_on=True):
                stage.search.run()
            report.finish()
            folder.record("search", epochs=stage.driver.position[counters.EPOCH])
            _derive(request, stage, report)
            report.end_trial()
            assembly.draw_curves(folder)


def derive(request: Request) -> None:
    """Derive again from a search that was begun, with its last checkpoint."""
    config, folder = request.configs["search"], request.folder
    with assembly.report(request, "search") as report:
        folder.bind_settings("search", config)
        stage = _build(request, report)
        if not stage.restored:
            raise ConfigError(
                f"--mode=derive: {folder.path} holds no search. Run --mode=search with "
                "this --output_dir first."
            )
        done, epochs = stage.driver.position[counters.EPOCH], config.loop.num_epochs
        if done < epochs:
            report.message(
                f"Careful: this search has not come to its end: {done} of {epochs} "
                "epochs. An arc is derived from what was learned so far."
            )
        with stage.driver.stoppable():
            _derive(request, stage, report)


def _build(request: Request, report: Report) -> SearchStage:
    same_ops.bind(request, "search")
    config, folder = request.configs["search"], request.folder
    seed, loop = config.run.seed, config.loop
    part = assembly.SPACES[config.run.search_for]
    space = part.space(config)
    data, task = part.search_data(config, space)
    same_data.bind(request, "search", data, report)
    reward = rewards.tried(config.controller, task.measure, space)
    controller = Controller(space.tape(), config.controller, seed=seed)
    child = part.shared(space, config, data)
    scorer = scoring.Scorer(child, space, task)
    lessons = task.lessons(
        batch_size=loop.batch_size, num_epochs=loop.num_epochs, seed=seed
    )
    draw = arc_draws.of_config(
        config.child,
        controller,
        space,
        steps_before=lessons.steps_before,
        num_epochs=loop.num_epochs,
        seed=seed,
    )
    network = networks.SampledChild(child, controller, space, seed=seed, draw=draw)
    trainer = shared.SharedTrainer(network, task, config.child, lessons=lessons)
    rewarder = rewarder_lib.Rewarder(
        scorer,
        config.controller,
        reward=reward,
        of=rewards.basis(config.controller, task.measure),
        space=space,
        batch_size=_reward_batch(config, task),
        seed=seed,
    )
    controller_trainer = controller_lib.ControllerTrainer(
        controller,
        rewarder,
        config.controller,
        num_tokens=space.num_tokens,
        total_updates=config.controller.updates_by(loop.num_epochs),
        seed=seed,
    )
    groups = dict(
        child=network.variables,
        child_optimizer=trainer.variables,
        controller=[v.value for v in controller.trainable_variables],
        controller_trainer=controller_trainer.variables,
    )
    driver = assembly.driver(
        request,
        "search",
        report,
        groups,
        counters.OF_SEARCH,
        means=trainer.means,
        free=[*trainer.free, *controller_trainer.free],
    )
    epochs = ChildEpochs(
        trainer,
        driver,
        report,
        config.child,
        timed=lambda: turns.announce_left(),
    )
    folder.arcs.mkdir(parents=True, exist_ok=True)
    shown = sampled_arcs.SampledArcs(
        space,
        controller,
        scorer,
        report,
        task=task,
        batch_size=loop.batch_size,
        seed=seed,
        folder=folder.arcs,
        draw=lambda arc, path: plots.draw_arc(space, arc, path),
    )
    collaborators = search_lib.Collaborators(
        space,
        controller,
        scorer,
        controller_trainer,
        epochs,
        driver,
        report,
        shown,
        watch.of(request, space, controller, data, report),
    )
    turns = search_lib.Search(
        collaborators,
        loop,
        config.controller,
        task=task,
        seed=seed,
        derive_rows=_derive_rows(config, task.size("valid")),
        announce=lambda left: assembly.announce(report, "search", left, request),
    )
    restored = assembly.restore(driver, report, "search")
    finished = driver.position[counters.EPOCH]
    phases = turns.controller_updates(finished)
    if not shown.forget_after(finished) and phases:
        sampled = f"{layout.ARCS}/{layout.SAMPLED}"
        report.message(f"{sampled} has no row of the phases so far: it was")
        report.message("removed or damaged.")
    stage = SearchStage(space, task, controller, scorer, turns, driver, restored)
    report.message(
        f"Shared child: {child.parameters.vector.shape[0]:,} parameters; controller: "
        f"{controller.count_params():,}; {space.size_in_words()}."
    )
    return stage


def _reward_batch(config: Config, task: Task[Any]) -> int:
    """The examples of a reward.

    Raises:
      ConfigError: there are not so many.
    """
    most, asked = task.size("valid"), config.controller.batch_size
    if asked > most:
        allowed = f"at most {most}, the number of validation examples"
        raise ConfigError(errors.refusal("controller_batch_size", asked, allowed))
    return asked or config.loop.batch_size


def _derive_rows(config: Config, valid_size: int) -> int:
    """Arcs that deriving scores, times the batches that it scores each on."""
    batch = config.loop.batch_size
    choosing = derive_lib.num_choosing(config.derive.batches, valid_size, batch)
    return 2 * config.derive.num_samples * -(-choosing // batch)


def _derive(request: Request, stage: SearchStage, report: Report) -> None:
    config = request.configs["search"]
    with summary.timed(request.folder, "derive"):
        derived = derive_lib.derive(
            stage.controller,
            stage.scorer,
            config.derive,
            space=stage.space,
            valid_size=stage.task.size("valid"),
            batch_size=config.loop.batch_size,
            seed=config.run.seed,
            progress=_derive_progress(report, request, stage.driver),
        )
    report.finish()
    stage.driver.stop.moment = "after the best arc is written and drawn"
    _keep_derived(request, stage, derived, report)


def _derive_progress(
    report: Report, request: Request, driver: Driver
) -> Callable[[int, int, float], None]:
    """Shows how far the scoring is, where it can be stopped; the second call is the
    first without tracing."""
    seen: list[tuple[int, float]] = []
    # After a search the graph is there; a command that only derives builds it first.
    built = forecast.EVALUATION in driver.pace.first
    driver.stop.moment = "after these arcs" + (
        "" if built else f", {stopping.BUILDING}"
    )

    def show(done: int, total: int, seconds: float) -> None:
        if not seen:
            report.begin("derive", total, unit="row")
        report.advance(done - (seen[-1][0] if seen else 0))
        seen.append((done, seconds))
        if len(seen) == 2:
            (before, began), (after, ended) = seen
            left = (ended - began) / (after - before) * (total - done)
            if left > ANNOUNCED_SECONDS:
                assembly.announce(report, "derive", left, request)
        driver.stop.moment = "after these arcs"
        driver.stop.check()

    return show


def _keep_derived(
    request: Request, stage: SearchStage, derived: derive_lib.Derived, report: Report
) -> None:
    """Write run.json, then arcs/, which follows from it, and say what was found."""
    space, measure = stage.space, stage.task.measure
    arcs, best = request.folder.arcs, space.decode(derived.policy.tokens[0])
    figures = derived.figures(measure)
    trained = stage.driver.position[counters.CONTROLLER] > 0
    comparison = derived.comparison.sentence(measure, trained=trained)
    sentences = [*derived.sentences(measure), comparison]
    facts = dict(arc=space.text(best), in_words=sentences, **derived.sizes())
    request.folder.record("derive", **facts, **figures)
    for name in (layout.BEST_JSON, layout.BEST_TEXT):
        best_arc.write(arcs / name, space.text(best), request.configs["search"])
    honest = measure.words(derived.held_out_mean)
    title = f"{space.name}: {measure.name} {honest} {_examples_in_words(derived)}"
    picture = arcs / layout.BEST_PICTURE
    drawn = plots.draw_arc(space, best, picture, title=title)
    disk.write_text(arcs / layout.DERIVED, _derived_rows(space, derived, measure))
    report.once("derive", 0, figures)
    if drawn:
        report.image("arc/derived/picture", picture, 0)
    words = f"{space.describe(best)}\n\n    {space.text(best)}"
    report.text("arc/derived/text", words, 0)
    report.trial_figures(figures)
    for line in (space.describe(best), *sentences):
        report.message(line)


def _examples_in_words(derived: derive_lib.Derived) -> str:
    """The validation examples behind a figure of the best arc, in words."""
    chose = "that did not choose it" if len(derived.held_out) else "that chose it"
    return f"on validation {chose}"


def _derived_rows(
    space: SearchSpace[Any], derived: derive_lib.Derived, measure: Measure
) -> str:
    rows = []
    for source, scores in (("policy", derived.policy), ("random", derived.random)):
        for row, mean in zip(scores.tokens, scores.means, strict=True):
            arc = space.text(space.decode(row))
            figure = float(measure.display(mean))
            rows.append({"source": source, measure.name: figure, "arc": arc})
    return "".join(json.dumps(row) + "\n" for row in rows)
