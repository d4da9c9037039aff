"""The answer to each mode's question, in words; its figures and pictures are kept.

SciPy, TensorFlow and matplotlib are imported by those that need them.
"""

from collections.abc import Callable, Sequence

from enas_tf.arcs import forms
from enas_tf.campaign import begun, collect, folder, jobs, state
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.campaign.results import Retrained
from enas_tf.command import interrupts, quiet
from enas_tf.run import disk
from enas_tf.run.folder import RunFolder

_METHOD, _OTHERS = "enas", ("random", "random_matched")  # what compare judges

Answer = Callable[[CampaignFolder, Plan, Sequence[Retrained]], list[str]]


def words(
    campaign: CampaignFolder, plan: Plan, rows: Sequence[Retrained], *, live: bool
) -> list[str]:
    """The answer; none where the rows do not give one yet.

    Args:
      campaign: its folder.
      plan: of it.
      rows: of all trainings that are done; there are some.
      live: whether jobs are at work: what takes a while, then waits for the end.
    """
    if live and plan.mode in _AT_THE_END:
        return []
    return _ANSWERS[plan.mode](campaign, plan, rows)


def _compared(
    campaign: CampaignFolder, plan: Plan, rows: Sequence[Retrained]
) -> list[str]:
    from enas_tf.campaign import economy, verdict

    there = {row.method for row in rows}
    if _METHOD not in there or not there & set(_OTHERS):
        return []
    found = verdict.judge(rows, method=_METHOD, against=_OTHERS)
    spent = economy.of(_searches_of(campaign, plan, _METHOD), rows)
    told = found.words + ([spent.words] if spent else [])
    kept = {**found.in_json(), "economy": spent and spent.in_json()}
    disk.write_json(campaign.path / folder.VERDICT_JSON, kept)
    disk.write_text(campaign.path / folder.VERDICT, "\n".join(told) + "\n")
    return told


def _ablated(
    campaign: CampaignFolder, plan: Plan, rows: Sequence[Retrained]
) -> list[str]:
    from enas_tf.campaign import ablation

    del plan
    found, alike = ablation.judged(rows), ablation.same(rows)
    if found:
        disk.write_json(campaign.path / folder.ABLATION, ablation.in_json(found, alike))
    return ablation.words(found, alike)


def _perturbed(
    campaign: CampaignFolder, plan: Plan, rows: Sequence[Retrained]
) -> list[str]:
    from enas_tf import plots
    from enas_tf.campaign import perturbed, perturbed_words
    from enas_tf.plots import decisions

    form, train = forms.FORMS[plan.space], _first_training(campaign, plan)
    size = form.size_of_length(len(rows[0].arc.split()))
    space = form.of_size(size, begun.config(train, "train", plan.space).child.op_choice)
    found = perturbed.of(rows, plan.jobs, space)
    if found is None:
        return []
    disk.write_json(campaign.path / folder.PERTURBATION, found.in_json())
    shown = decisions.Decisions(
        {one.place: one.gain for one in found.decisions},
        f"{plan.space}: what changing one decision does",
        perturbed_words.unit(collect.measure_of(plan)),
    )
    path = campaign.path / folder.PERTURBED
    with disk.refusals(path):
        plots.draw_decisions(space, space.parse(found.arc), shown, path)
    return perturbed_words.words(found)


def _correlated(
    campaign: CampaignFolder, plan: Plan, rows: Sequence[Retrained]
) -> list[str]:
    with quiet.standard_error(), interrupts.kept():
        from enas_tf.campaign import correlation  # TensorFlow, for its proxies
    return correlation.tell(campaign, plan, rows)


def _first_training(campaign: CampaignFolder, plan: Plan) -> RunFolder:
    return next(
        campaign.run(plan, number)
        for number, job in enumerate(plan.jobs)
        if job.mode == jobs.TRAIN and state.is_done(campaign, plan, number)
    )


def _searches_of(campaign: CampaignFolder, plan: Plan, method: str) -> list[RunFolder]:
    """The folders of the method's searches that are done."""
    return [
        campaign.run(plan, number)
        for number, job in enumerate(plan.jobs)
        if (job.mode, job.method) == (jobs.SEARCH, method)
        and state.is_done(campaign, plan, number)
    ]


_ANSWERS: dict[str, Answer] = dict(
    compare=_compared, ablate=_ablated, perturb=_perturbed, correlate=_correlated
)
_AT_THE_END = ("correlate",)  # its intervals are of a thousand samples each
