"""The results of a campaign, read from the folders of its jobs."""

import json
import math
from collections.abc import Sequence

from enas_tf.campaign import jobs, other_settings, recipe, state
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.campaign.results import Retrained
from enas_tf.config.sections import ConfigError
from enas_tf.config.spaces import registry
from enas_tf.run import measures
from enas_tf.run.folder import RunFolder
from enas_tf.run.measures import Measure


def rows(folder: CampaignFolder, plan: Plan) -> list[Retrained]:
    """A row for each training that is done, in the order of the plan.

    Raises:
      ConfigError: as `done` says; or what one found is lost.
    """
    return [_row(plan, number, run) for number, run in done(folder, plan).items()]


def done(folder: CampaignFolder, plan: Plan) -> dict[int, RunFolder]:
    """The trainings that are done, by the numbers of their jobs.

    Raises:
      ConfigError: a job has other settings or another recipe than the plan's, or two
        were trained on different data.
    """
    other_settings.refuse(folder, plan)
    runs = {
        number: folder.run(plan, number)
        for number, job in enumerate(plan.jobs)
        if job.mode == jobs.TRAIN and state.is_done(folder, plan, number)
    }
    recipe.refuse_mixed({run.path.name: run for run in runs.values()})
    return runs


def measure_of(plan: Plan) -> Measure:
    """What is measured in its space."""
    return measures.BY_NAME[registry.SPECS[plan.space].data.measure]


def score(run: RunFolder, mode: str, measure: Measure) -> float | None:
    """The figure of a run that is done, as it is displayed; None if it has none."""
    if mode == jobs.TRAIN:
        return run.fact("train", f"test_{measure.name}", float)
    best = f"best_{measure.name}_on"
    others = run.fact("derive", f"{best}_others", float)
    return others or run.fact("derive", f"{best}_choosing", float)


def in_json(found: Sequence[Retrained]) -> str:
    """A line of JSON a row."""
    return "".join(json.dumps(row._asdict()) + "\n" for row in found)


def _row(plan: Plan, number: int, run: RunFolder) -> Retrained:
    job, facts, measure = plan.jobs[number], run.facts("train"), measure_of(plan)
    figure = score(run, job.mode, measure)
    if figure is None:
        raise ConfigError(
            f"{run.path} has lost its test figure. Give --mode=train "
            f"--output_dir={run.path}, which measures it again."
        )
    higher_is_better = measure.sign > 0
    return Retrained(
        job.method,
        job.search,
        str(facts.get("arc", job.arc)),
        job.retrain,
        figure if higher_is_better else -math.log(figure),
        int(facts.get("parameters", 0)),
        int(facts.get("flops", 0)),
        int(facts.get("steps", 0)),
        run.seconds(job.mode),
    )
