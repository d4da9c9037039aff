"""The end of a campaign, or how it stands: its rows, its words, its table, its page."""

from collections.abc import Sequence

from absl import logging

from enas_tf.campaign import (
    answers,
    beside,
    collect,
    folder,
    jobs,
    state,
    table,
    unfinished,
)
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.config.sections import ConfigError
from enas_tf.run import disk, lines


def tell(campaign: CampaignFolder, plan: Plan, *, pages: bool) -> None:
    """Keep the results and say what they say.

    Args:
      campaign: its folder.
      plan: of it.
      pages: whether report.html is written.

    Raises:
      ConfigError: results that cannot be compared, or are lost.
    """
    told = keep(campaign, plan, live=False)
    if told:
        where = lines.shown(campaign.path / folder.RESULTS)
        logging.info("%s", "\n".join(["Results", *told]))
        logging.info("%s", f"Each training is a row of {where}.")
    if pages:
        page(campaign, live=False)


def keep(
    campaign: CampaignFolder, plan: Plan, *, live: bool, at_once: int = 0
) -> list[str]:
    """Write results.jsonl and results.txt; the lines of the latter.

    Args:
      campaign: as above.
      plan: as above.
      live: whether jobs are at work: ranks, which take a while, wait for the end.
      at_once: so many of them; 0: none is.

    Raises:
      ConfigError: as above.
    """
    rows = collect.rows(campaign, plan)
    first = unfinished.words(campaign, plan, at_once=at_once)
    first += beside.first(campaign, plan)
    caveats, absent = beside.caveats(campaign, plan), beside.absent(campaign, plan)
    if not rows:  # what an earlier command has written stays
        if not (campaign.path / folder.RESULTS).exists():
            _write(campaign, [*first, *caveats, *absent])
        return []
    disk.write_text(campaign.path / folder.RESULTS, collect.in_json(rows))
    told = answers.words(campaign, plan, rows, live=live)
    told = [*first, *told[:1], *caveats, *told[1:], *absent]
    if told and told[-1].startswith(table.MARGIN):
        told.append("")  # or two tables would be one
    told += table.lines(rows, _searching(campaign, plan))
    told += table.legend(collect.measure_of(plan))
    _write(campaign, told)
    return told


def _write(campaign: CampaignFolder, told: Sequence[str]) -> None:
    disk.write_text(campaign.path / folder.TOLD, "".join(f"{line}\n" for line in told))


def show_live(campaign: CampaignFolder, plan: Plan, *, at_once: int) -> None:
    """The results so far and their page, while jobs are at work: it ends none.

    Args:
      campaign: its folder.
      plan: of it.
      at_once: so many jobs are.
    """
    try:
        keep(campaign, plan, live=True, at_once=at_once)
    except ConfigError as error:
        logging.warning("%s", error)
    page(campaign, live=True)


def page(campaign: CampaignFolder, *, live: bool) -> None:
    """Write report.html; it is no result, so that it cannot be costs no campaign."""
    # Matplotlib, behind it, is needed for nothing else.
    from enas_tf.page import write

    try:
        path = write.page(campaign.path, live=live)
    except ConfigError as error:
        logging.warning("There is no page: %s", error)
        return
    if not live:
        logging.info("%s", f"The page: {lines.shown(path)}.")


def _searching(campaign: CampaignFolder, plan: Plan) -> dict[str, float]:
    """Seconds of the searches of each method."""
    found: dict[str, float] = {}
    for number, job in enumerate(plan.jobs):
        if job.mode == jobs.SEARCH and state.is_done(campaign, plan, number):
            seconds = campaign.run(plan, number).seconds(job.mode)
            found[job.method] = found.get(job.method, 0.0) + seconds
    return found
