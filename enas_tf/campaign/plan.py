"""plan.json: the jobs of a campaign, written before the first of them begins."""

import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from enas_tf.campaign import (
    ablating,
    comparing,
    correlating,
    jobs,
    perturbing,
    recipe,
)
from enas_tf.campaign.asked import Asked
from enas_tf.campaign.jobs import Job
from enas_tf.config import errors
from enas_tf.config import sections as config
from enas_tf.config.sections import ConfigError
from enas_tf.run import disk, layout, lines
from enas_tf.run import record as run_record
from enas_tf.run.rows import Row

KIND = "campaign"
# Not of the plan: how it is worked off and told.
_FREE = (
    *("output_dir", "jobs", "job", "progress", "verbose", "reset_output_dir", "mode"),
    *("plugin", "report", "executor", "ray_address", "job_cpus", "job_gpus"),
    *("dry_run", "dry_run_json"),
)
_LAST_SEED = 2**31 - 1
_FIRST = "search_for"  # named before others that differ: they follow from it
PLANS: dict[str, Callable[[Asked], list[Job]]] = dict(
    compare=comparing.plan,
    ablate=ablating.plan,
    perturb=perturbing.plan,
    correlate=correlating.plan,
)


class Plan(NamedTuple):
    """A campaign.

    Attributes:
      mode: of `modes.CAMPAIGNS`.
      space: of its runs.
      recipe: the digest of every training from scratch.
      given: flag name to value, as the user wrote them.
      jobs: a job's number is its place.
    """

    mode: str
    space: str
    recipe: str
    given: dict[str, Any]
    jobs: list[Job]


def made(asked: Asked) -> Plan:
    """The plan of what is asked; ConfigError where a setting does not allow one."""
    planned = PLANS[asked.mode](asked)
    _refuse_seeds_beyond(asked.seed, planned)
    return Plan(
        asked.mode,
        asked.space_name,
        recipe.of(asked.configs["train"]),
        {k: v for k, v in asked.given.items() if k not in _FREE},
        planned,
    )


def _refuse_seeds_beyond(first: int, planned: Sequence[Job]) -> None:
    last = max((max(job.search, job.retrain) for job in planned), default=first)
    if last > _LAST_SEED:
        allowed = (
            f"at most {_LAST_SEED - (last - first)}, so that the {last - first + 1} "
            "seeds of this campaign begin there"
        )
        raise ConfigError(errors.refusal("seed", first, allowed))


def write(folder: pathlib.Path, plan: Plan) -> None:
    """Keep `plan`, twice, as run.json is."""
    rows = [jobs.to_json(job) for job in plan.jobs]
    value = dict(program=run_record.PROGRAM, kind=KIND, **plan._asdict())
    for name in (layout.PLAN, layout.PLAN_COPY):
        disk.write_json(folder / name, {**value, "jobs": rows})


def read(folder: pathlib.Path) -> Plan | None:
    """The plan in `folder`; None where there is none.

    Raises:
      ConfigError: it is damaged, and so is its copy.
    """
    paths = [folder / name for name in (layout.PLAN, layout.PLAN_COPY)]
    there = [path for path in paths if path.exists()]
    for path in there:
        try:
            return _plan(disk.read_json(path))
        except (disk.Damaged, LookupError, TypeError):
            continue
    if there:
        raise ConfigError(
            f"{paths[0]} is damaged, and so is its copy. Remove both and give the "
            "campaign's whole command again: jobs that are done are kept."
        )
    return None


def _plan(value: Row) -> Plan:
    if value["program"] != run_record.PROGRAM or value["kind"] != KIND:
        raise LookupError("it is of another program")
    if value["space"] not in config.SPACES:
        raise ConfigError(
            f"The campaign is of the space {value['space']}, which is none of "
            f"{', '.join(config.SPACES)}. Give its --plugin again."
        )
    rows = [jobs.from_json(row) for row in value["jobs"]]
    values = {name: value[name] for name in Plan._fields}
    return Plan(**{**values, "jobs": rows})


def is_asked_for(asked: Asked) -> bool:
    """Whether the command says more than which campaign it is about."""
    return not set(asked.given) <= set(_FREE)


def refuse_other(known: Plan, asked: Asked, folder: pathlib.Path) -> None:
    """Refuse a command that is not the one by which the campaign was planned.

    With nothing but mode and folder, any campaign goes on.

    Raises:
      ConfigError: the first setting that differs is named.
    """
    where = f"--output_dir={lines.shown(folder)}"
    if asked.mode != known.mode:
        raise ConfigError(
            f"{where} is a campaign of --mode={known.mode}, not of "
            f"--mode={asked.mode}. Name another folder, or give --mode={known.mode}."
        )
    if not is_asked_for(asked):
        return
    now = asked.given
    shaping = {item.flag for item in config.settings() if _shapes(item)} | {"preset"}
    flags = sorted(
        shaping & {*known.given, *now}, key=lambda f: (f != _FIRST, f not in now, f)
    )
    for flag in flags:
        if known.given.get(flag) != now.get(flag):
            typed = "".join(f" --{f}" for f in now if f not in _FREE)
            beside = "" if flag in now else f"Beside{typed} more is missing: "
            raise ConfigError(
                f"{beside}--{flag} was {_word(known.given, flag)} when this campaign "
                f"was planned, and is {_word(now, flag)} now. Give the same command "
                f"again, leave all but --mode and --output_dir out, or choose another "
                f"folder than {where}."
            )


def _shapes(item: config.Setting) -> bool:
    """Whether a plan goes by the setting."""
    if item.flag in _FREE:
        return False
    of_campaign = item.section == "campaign" or item.flag == "threads"
    return of_campaign or bool(item.field.metadata["shapes_result"])


def _word(given: Mapping[str, object], flag: str) -> object:
    return given.get(flag, "left out")
