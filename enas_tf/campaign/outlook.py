"""What a campaign would take, before it begins: a job of each kind is tried out.

`--dry_run` of a run does some real steps of each kind of its work and counts them up.
Here a process does so with the flags of the first search and of the first training that
are left, and what it finds is counted up over all that are.
"""

import dataclasses
import json
import pathlib
import subprocess
from collections.abc import Mapping
from typing import Any, NamedTuple

from absl import logging

from enas_tf.campaign import asked, comparing, jobs, process, state, working
from enas_tf.campaign.asked import Asked
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.command import dry_places
from enas_tf.config.sections import ConfigError
from enas_tf.machine import processor
from enas_tf.run import disk, lines
from enas_tf.run import outlook as of_run
from enas_tf.run.outlook import Need, Span

_NOUNS = {jobs.SEARCH: ("search", "searches"), jobs.TRAIN: ("training", "trainings")}


class Tried(NamedTuple):
    """What a job would take.

    Attributes:
      seconds: from the start of its process to its end.
      memory: the largest of it, and what is free.
    """

    seconds: Span
    memory: Need


@dataclasses.dataclass(frozen=True)
class CampaignOutlook:
    """What a campaign would take from here to its end.

    Attributes:
      mode: of it.
      counts: of the jobs that are left, by their modes.
      tried: what one of them would take, by its mode.
      at_once: so many run at once.
      crowd: how much longer each takes then, where there are fewer cores than threads.
    """

    mode: str
    counts: Mapping[str, int]
    tried: Mapping[str, Tried]
    at_once: int
    crowd: float = 1.0

    @property
    def total(self) -> Span:
        """Seconds of all that is left."""
        found = of_run.NOTHING
        for mode, one in self.tried.items():
            times = self.counts[mode] / min(self.at_once, self.counts[mode])
            found = found.plus(one.seconds.times(*[times * self.crowd] * 3))
        return found

    @property
    def memory(self) -> Need:
        """Bytes of all jobs that run at once."""
        most = max((one.memory.needed for one in self.tried.values()), default=0)
        free = [one.memory.free for one in self.tried.values()]
        known = [count for count in free if count is not None]
        return Need(most * self.at_once, min(known, default=None))

    @property
    def shortage(self) -> str:
        """Why it cannot be carried out; "" where it can."""
        need = self.memory
        if need.is_met or need.free is None:
            return ""
        wanted, free = map(of_run.in_megabytes, (need.needed, need.free))
        return (
            f"{self.at_once} at once want {wanted} of memory, and {free} are free. "
            "Give fewer --jobs, or make room."
        )

    def as_json(self) -> dict[str, Any]:
        """All of it as values of JSON."""
        spans = {mode: one.seconds for mode, one in self.tried.items()}
        return dict(
            mode=self.mode,
            jobs=dict(self.counts),
            at_once=self.at_once,
            seconds=of_run.in_json({**spans, "total": self.total}),
            memory=self.memory._asdict(),
            shortage=self.shortage,
        )

    def __str__(self) -> str:
        """A block of lines of at most 80 columns."""
        counted = [
            f"{count} {_NOUNS[mode][count != 1]}" for mode, count in self.counts.items()
        ]
        found = [f"Dry run ({self.mode})"]
        found += of_run.folded("jobs", f"{' and '.join(counted) or 'none'} to do")
        for mode, one in self.tried.items():
            took = f"{of_run.in_words(one.seconds)} each"
            found += of_run.folded(_NOUNS[mode][0], took)
        if self.tried:
            together = f"{self.at_once} at once"
            memory = of_run.need_in_words(self.memory, f"of {together}")
            found += of_run.folded("memory", memory)
            total = f"{of_run.in_words(self.total)}, {together}"
            found += of_run.folded("in all", total)
        return "\n".join(found)


def tell(request: Asked, folder: CampaignFolder, ours: Plan) -> None:
    """Say what the campaign would take; no plan is written, and no job begins.

    Args:
      request: to be carried out.
      folder: of the campaign.
      ours: its plan, that of the folder or a new one.

    Raises:
      ConfigError: a mistake; or what a job would be refused for.
      SystemExit: memory will not do (`of_run.SHORT`).
    """
    run = request.configs["search"].run
    dry_places.refuse_numbers(run)
    found = of(request, folder, ours)
    logging.info("%s", found)
    if run.dry_run_json:
        path = pathlib.Path(run.dry_run_json).expanduser()
        disk.write_text(path, json.dumps(found.as_json(), indent=1) + "\n")
    if found.shortage:
        logging.error("%s", found.shortage)
        raise SystemExit(of_run.SHORT)


def of(request: Asked, folder: CampaignFolder, ours: Plan) -> CampaignOutlook:
    """What the campaign would take; for the rest see `tell`."""
    whole, numbers = _whole(request, ours), range(len(ours.jobs))
    # Not by `state.of`, which makes the lock of a job to see whether it is at work.
    left = [
        n
        for n in numbers
        if not state.is_done(folder, ours, n) and not state.is_absent(folder, ours, n)
    ]
    by_mode = {mode: [n for n in left if ours.jobs[n].mode == mode] for mode in _NOUNS}
    counts = {mode: len(found) for mode, found in by_mode.items() if found}
    if counts:
        nouns = " and ".join(f"a {_NOUNS[mode][0]}" for mode in counts)
        where = lines.shown(folder.path)
        logging.info("Trying out %s; %s stays as it is.", nouns, where)
    with dry_places.temporary() as place:
        tried = {
            mode: _tried(whole, _words(whole, folder, ours, by_mode[mode]), place)
            for mode in counts
        }
    at_once = max(1, min(whole.sizes.jobs, len(left)))
    crowd = max(1.0, at_once * whole.threads / processor.cores())
    return CampaignOutlook(ours.mode, counts, tried, at_once, crowd)


def _words(
    request: Asked, folder: CampaignFolder, ours: Plan, numbers: list[int]
) -> list[str]:
    """The flags of the job that stands for those of `numbers`, all of one mode.

    A training whose arc is known, if there is one; else one of a random arc.
    """
    job = ours.jobs[numbers[0]]
    flags = [f"--mode={job.mode}", *job.flags]
    if job.mode == jobs.SEARCH:
        return flags
    known = (
        state.arc(folder, ours, n) for n in numbers if state.is_ready(folder, ours, n)
    )
    arc = next(filter(None, known), None) or comparing.random_arcs(request, 1)[0]
    return [*flags, f"--child_fixed_arc={arc}"]


def _whole(request: Asked, ours: Plan) -> Asked:
    """The request with all that the plan was asked for."""
    given = {**ours.given, **request.given}
    preset = given.pop("preset", None)
    return asked.read(given, preset, request.command)


def _tried(request: Asked, words: list[str], place: pathlib.Path) -> Tried:
    """What a run of these flags would take, by a dry run of it in `place`."""
    numbers, log = place / "numbers.json", place / "log"
    numbers.unlink(missing_ok=True)
    own = [f"--output_dir={place / 'run'}", "--noprogress", "--dry_run"]
    command = working.command_of(request)([*words, *own, f"--dry_run_json={numbers}"])
    with log.open("wb") as file:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, check=False
        )
    if done.returncode == of_run.SHORT:
        logging.error("%s", process.last_line(log))
        raise SystemExit(of_run.SHORT)
    if done.returncode or not numbers.is_file():
        line = process.last_line(log) or f"it ended with status {done.returncode}"
        raise ConfigError(f"A job of this campaign cannot be tried out: {line}")
    found = json.loads(numbers.read_text())
    return Tried(Span(**found["seconds"]["total"]), Need(**found["memory"]))
