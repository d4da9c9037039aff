"""The stages `search` and `derive`: one set of parts, put together the same way."""

from typing import Any

from enas_tf import plots
from enas_tf.command.request import Request
from enas_tf.config import errors
from enas_tf.config.sections import Config, ConfigError
from enas_tf.nn import replicas as replicas_lib
from enas_tf.nn.replicas import Replicas
from enas_tf.run import counters, layout
from enas_tf.run.caller import Silent
from enas_tf.run.report import Report
from enas_tf.search import controller_trainer as controller_lib
from enas_tf.search import loop as search_lib
from enas_tf.search import rewarder as rewarder_lib
from enas_tf.search import sampled_arcs, scoring
from enas_tf.search.controller import Controller
from enas_tf.search.rewarded import RewardedArcs
from enas_tf.stages import (
    assembly,
    curves,
    devices,
    earlier,
    pages,
    retrain_top,
    same_data,
    same_machine,
    same_ops,
    summary,
    told,
    warm_search,
    watch,
)
from enas_tf.stages import derive as derive_stage
from enas_tf.stages import paying as paying_lib
from enas_tf.stages.search_stage import SearchStage
from enas_tf.tasks.base import Task
from enas_tf.training import arc_draws, networks, shared
from enas_tf.training.epochs import ChildEpochs


def search(request: Request) -> None:
    """Search to the end, or go on with a search; then derive the best arc."""
    config, folder = request.configs["search"], request.folder
    with assembly.report(request, "search") as report:
        folder.bind_settings("search", config)
        same_machine.bind(request, "search", report)
        stage = build(request, report, devices.bind(request, "search", report))
        epochs = stage.driver.position[counters.EPOCH]
        earlier.log_changes(request, "search", epochs)
        report.begin_trial(config)
        report.begin_forecast(stage.search.progress_state)
        with stage.driver.stoppable():
            with summary.timed(folder, "search", goes_on=True):
                stage.search.run()
            report.finish()
            done = stage.driver.position
            steps = done[counters.CHILD]
            folder.record("search", epochs=done[counters.EPOCH], steps=steps)
            derive_stage.best_arc(request, stage, report)
            report.end_trial()
            curves.after_stage(request, "search")


def derive(request: Request) -> None:
    """Derive again from a search that was begun, with its last checkpoint."""
    config, folder = request.configs["search"], request.folder
    with assembly.report(request, "search") as report:
        folder.bind_settings("search", config)
        stage = build(request, report)
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
            derive_stage.best_arc(request, stage, report)


def build(
    request: Request, report: Report, replicas: Replicas = replicas_lib.ALONE
) -> SearchStage:
    """All parts of the request's search, standing at its last checkpoint.

    Args:
      request: says all of it.
      report: is told what is found.
      replicas: share its steps.

    Raises:
      ConfigError: the settings do not fit the data, or the folder's search.
    """
    told.refuse(request)
    same_ops.bind(request, "search")
    config, folder = request.configs["search"], request.folder
    seed, loop = config.run.seed, config.loop
    part = assembly.SPACES[config.run.search_for]
    space = part.space(config)
    data, task = part.search_data(config, space)
    same_data.bind(request, "search", data, report)
    retrain_top.refuse_unfit(request)
    paying = paying_lib.of(request, space, data, task.measure, report)
    controller = Controller(space.tape(), config.controller, seed=seed)
    child = part.shared(space, config, data)
    scorer = scoring.Scorer(child, space, task)
    lessons = task.lessons(
        batch_size=loop.batch_size, num_epochs=loop.num_epochs, seed=seed
    )
    child_config = devices.child_of(config.child, replicas)
    draw = arc_draws.of_config(
        child_config,
        controller,
        space,
        steps_before=lessons.steps_before,
        num_epochs=loop.num_epochs,
        seed=seed,
    )
    network = networks.SampledChild(child, controller, space, seed=seed, draw=draw)
    trainer = shared.SharedTrainer(
        network, task, child_config, lessons=lessons, replicas=replicas
    )
    rewarder = rewarder_lib.Rewarder(
        scorer,
        config.controller,
        payer=paying.payer,
        batch_size=_reward_batch(config, task),
        seed=seed,
        replicas=replicas,
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
    rewarded = None
    if paying.costs:
        own = space, task.measure, paying.payer
        rewarded = RewardedArcs(*own, folder.arcs)
    collaborators = search_lib.Collaborators(
        space,
        controller,
        scorer,
        controller_trainer,
        epochs,
        driver,
        report,
        shown,
        watch.of(request, space, controller, data, report, paying.payer),
        pages.listener(
            request,
            request.caller.listener if request.caller else Silent(),
            lambda: driver.position[counters.EPOCH],
        ),
        rewarded,
    )
    turns = search_lib.Search(
        collaborators,
        loop,
        config.controller,
        task=task,
        seed=seed,
        derive_rows=derive_stage.num_rows(request, task, lessons),
        announce=lambda left: assembly.announce(report, "search", left, request),
    )
    restored = assembly.restore(driver, report, "search")
    if not restored:
        warm_search.begin(request, report, data, child, controller)
    devices.join(request, "search", driver, replicas)
    finished = driver.position[counters.EPOCH]
    phases = turns.controller_updates(finished)
    if rewarded:
        rewarded.forget_after(driver.position[counters.CONTROLLER])
    if not shown.forget_after(finished) and phases:
        sampled = f"{layout.ARCS}/{layout.SAMPLED}"
        report.message(f"{sampled} has no row of the phases so far: it was")
        report.message("removed or damaged.")
    stage = SearchStage(
        *(space, data, task, controller, child, scorer, turns, driver, restored),
        paying,
    )
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
