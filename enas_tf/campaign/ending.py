"""The end of a campaign, or how it stands: its rows, its table, its words."""

from absl import logging

from enas_tf.campaign import collect, folder, jobs, perturbing, state, table
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.run import disk, lines


def tell(campaign: CampaignFolder, plan: Plan) -> None:
    """Write results.jsonl and results.txt, and say what they say.

    Raises:
      ConfigError: results that cannot be compared, or are lost.
    """
    rows = collect.rows(campaign, plan)
    disk.write_text(campaign.path / folder.RESULTS, collect.in_json(rows))
    if not rows:
        return
    told = table.lines(rows, _searching(campaign, plan))
    told += perturbing.words(rows, plan.jobs) if plan.mode == "perturb" else []
    disk.write_text(campaign.path / folder.TOLD, "\n".join(told) + "\n")
    logging.info("%s", "\n".join(["Results", *told]))
    where = lines.shown(campaign.path / folder.RESULTS)
    logging.info("%s", f"Each training is a row of {where}.")


def _searching(campaign: CampaignFolder, plan: Plan) -> dict[str, float]:
    """Seconds of the searches of each method."""
    found: dict[str, float] = {}
    for number, job in enumerate(plan.jobs):
        if job.mode == jobs.SEARCH and state.is_done(campaign, plan, number):
            seconds = campaign.run(plan, number).seconds()
            found[job.method] = found.get(job.method, 0.0) + seconds
    return found
