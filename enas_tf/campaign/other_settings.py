"""Jobs whose folders were made with other settings than the plan gives them.

The problem: a job is done when its folder says so. A plan that was made anew, with
another command, would take what an earlier one left for its own. No TensorFlow.
"""

import functools
from collections.abc import Mapping, Sequence

from enas_tf.arcs import argument as arc_argument
from enas_tf.campaign import begun as begun_lib
from enas_tf.campaign import jobs, recipe, state
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.command import as_begun, keywords
from enas_tf.config import presets
from enas_tf.config import sections as config
from enas_tf.config.sections import Config, ConfigError
from enas_tf.run import lines
from enas_tf.run import settings as run_settings
from enas_tf.run.folder import RunFolder
from enas_tf.run.rows import Row
from enas_tf.run.settings import Change

_ARC = "child_fixed_arc"
_OWN = ("enas_tf", "-")  # in the place of interpreter and program in a command
_LONGEST = 60  # letters of a value in a line


def refuse(
    folder: CampaignFolder, plan: Plan, numbers: Sequence[int] | None = None
) -> None:
    """Refuse a campaign with such jobs, all of them in one line; reads only.

    Args:
      folder: of the campaign.
      plan: of the campaign.
      numbers: of the jobs to look at; all if left out.

    Raises:
      ConfigError: as above.
    """
    if told := sentence(folder, plan, numbers):
        raise ConfigError(told)


def sentence(
    folder: CampaignFolder, plan: Plan, numbers: Sequence[int] | None = None
) -> str:
    """What is said of such jobs, the flag of each first; "" if there is none."""
    found: dict[str, list[str]] = {}
    for number in range(len(plan.jobs)) if numbers is None else numbers:
        if words := _fault(folder, plan, number):
            name = folder.run(plan, number).path.name
            found.setdefault(words, []).append(name)
    if not found:
        return ""
    parts = [f"{words} in {', '.join(names)}" for words, names in found.items()]
    return (
        f"Jobs in {lines.shown(folder.path)} were made with other settings than this "
        f"campaign's: {'; '.join(parts)}. Move their folders away, or choose another "
        "--output_dir, and give the same command again."
    )


def _fault(folder: CampaignFolder, plan: Plan, number: int) -> str:
    """What is said of a job that is not as planned; "" of most jobs."""
    run, mode = folder.run(plan, number), plan.jobs[number].mode
    is_done = state.is_done(folder, plan, number)
    if not is_done and not run.has_checkpoint(mode):
        return ""  # it begins anew, with the plan's settings
    if change := _change(folder, plan, number):
        return _words(change)
    # By a version whose preset had it otherwise, say, so that no flag can be named.
    others = is_done and mode == jobs.TRAIN and not recipe.is_of(run, plan.recipe)
    return "the recipe was another" if others else ""


def _change(folder: CampaignFolder, plan: Plan, number: int) -> Change | None:
    """The first setting of a job that is another one; None of most jobs.

    A run whose settings are lost is told by the run itself, or with the results.
    """
    job, run = plan.jobs[number], folder.run(plan, number)
    try:
        begun = run.settings(job.mode, needed=False)
        wanted = _wanted(job, plan.space, run, begun) if begun else None
        arc = state.arc(folder, plan, number) if _has_arc(folder, plan, number) else ""
    except ConfigError:
        return None
    if wanted is None:
        return None
    found = _changes(job.mode, begun, wanted, plan.space)
    if found:
        return found[0]
    return _of_arc(run, str(begun.get(_ARC, "")), arc or "", plan.space)


def _has_arc(folder: CampaignFolder, plan: Plan, number: int) -> bool:
    """Whether it is known which arc the job trains."""
    is_training = plan.jobs[number].mode == jobs.TRAIN
    return is_training and state.is_ready(folder, plan, number)


def _wanted(
    job: jobs.Job, space: str, run: RunFolder, begun: Mapping[str, object]
) -> Config:
    """The settings that the plan gives the job."""
    given = dict(_given(job.flags))
    preset = str(given.pop("preset", "paper"))
    # A preset that a later version has otherwise is no other setting.
    then = as_begun.of_preset(run.run(), begun, preset)
    return presets.resolve(space, job.mode, preset, {**then, **given})


@functools.lru_cache(maxsize=256)  # jobs differ in their seeds alone
def _given(flags: tuple[str, ...]) -> Mapping[str, object]:
    return keywords.of_command([*_OWN, *flags])


def _changes(stage: str, begun: Row, wanted: Config, space: str) -> Sequence[Change]:
    """The settings that differ, those of deriving among them."""
    free = {_ARC, arc_argument.sized_by(space)} if stage == jobs.TRAIN else {_ARC}
    found = run_settings.changes(stage, begun, wanted)
    if stage == jobs.SEARCH:
        found += [
            Change(item.flag, old, item.of(wanted))
            for item in config.settings()
            if item.section == "derive" and item.field.metadata["shapes_result"]
            if (old := begun.get(item.flag, item.field.default)) != item.of(wanted)
        ]
    return [change for change in found if change.flag not in free]


def _of_arc(run: RunFolder, old: str, arc: str, space: str) -> Change | None:
    """The arc, where the job's folder has trained another one."""
    if not arc or not old or old.split() == arc.split():
        return None
    its = begun_lib.config(run, jobs.TRAIN, space)
    try:
        now = arc_argument.fixed_arc(arc, space, its.child, average=its.rnn.average)
    except ConfigError:
        return None  # the job fails by it, and says so
    return None if now.text == old else Change(_ARC, old, arc)


def _words(change: Change) -> str:
    old, new = (_short(value) for value in (change.old, change.new))
    return f"--{change.flag} was {old}, and is {new} here,"


def _short(value: object) -> str:
    return "left out" if value == "" else lines.shortened(str(value), _LONGEST)
