"""What a campaign of many jobs costs besides their runs, on this machine's disk.

The jobs are trainings; every second one is done, as in the middle of a campaign. Their
folders hold what a campaign reads of a run, and nothing was trained.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence

from enas_tf.benchmark.growth import points
from enas_tf.benchmark.growth.points import Point
from enas_tf.campaign import asked, collect, forecast, jobs, state, status
from enas_tf.campaign import plan as plans
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.config import presets
from enas_tf.config import sections as config
from enas_tf.run import commands
from enas_tf.run import record as run_record

PRESET = "cpu"
ARCS = 100  # of a plan; each is trained from several seeds
ENDS = 20  # of jobs, that are timed together
JOBS = (100, 1_000, 10_000)


def campaign(space: str, counts: Sequence[int] = JOBS) -> dict[str, float]:
    """CPU seconds by the number of jobs; see `measured`."""
    found: dict[str, float] = {}
    for count in counts:
        with tempfile.TemporaryDirectory() as place:
            folder = CampaignFolder(pathlib.Path(place) / "campaign")
            plan = made(folder, space, count)
            own = Point(space, {points.JOBS: count}, measured(folder, plan))
        found |= points.named(own)
    return found


def measured(folder: CampaignFolder, plan: Plan) -> dict[str, float]:
    """CPU seconds of one time each.

    Returns:
      plan_s: the plan is read; status_s: --mode=status, without its start;
      collect_s: the rows of all that is done; look_s: all that is left is looked at;
      done_s: what is done is read, for the time to go; end_s: what the command does
      at the end of a job, which reads the record of that job alone;
      job_s: a command --mode=job with a job that is done, from start to end.
    """
    every = range(len(plan.jobs))
    known = forecast.done(folder, plan)
    left = [number for number in every if number not in known]

    def ends() -> None:
        for number in list(known)[:ENDS]:
            state.of(folder, plan, number)
            state.seconds(folder, plan, number)
            forecast.seconds_left(plan, left, known, at_once=1)

    things: dict[str, Callable[[], object]] = dict(
        plan_s=lambda: plans.read(folder.path),
        status_s=lambda: status.text(folder, plan),
        collect_s=lambda: collect.rows(folder, plan),
        look_s=lambda: [state.of(folder, plan, number) for number in left],
        done_s=lambda: forecast.done(folder, plan),
        end_s=ends,
    )
    found = {name: _seconds(call) for name, call in things.items()}
    return {**found, "end_s": found["end_s"] / ENDS, "job_s": _job_s(folder)}


def made(folder: CampaignFolder, space: str, count: int) -> Plan:
    """A campaign in a new folder, every second training of it done.

    Args:
      folder: that is not there yet.
      space: a name in the registry.
      count: of the trainings, a multiple of `ARCS`.
    """
    given: dict[str, object] = dict(
        mode="compare",
        search_for=space,
        compare_methods="random",
        compare_search_seeds=1,
        compare_arcs=ARCS,
        compare_retrain_seeds=count // ARCS,
    )
    command = [sys.executable, "-m", "enas_tf", f"--preset={PRESET}"]
    command += [f"--{name}={value}" for name, value in given.items()]
    plan = plans.made(asked.read(given, PRESET, command))
    folder.path.mkdir(parents=True)
    plans.write(folder.path, plan)
    settings = config.flat(presets.resolve(space, jobs.TRAIN, PRESET, {}))
    for number in range(0, count, 2):
        _finish(folder, plan, number, settings)
    return plan


def _finish(
    folder: CampaignFolder, plan: Plan, number: int, settings: Mapping[str, object]
) -> None:
    """Leave in the job's folder what a finished training does, but weights and logs."""
    job, measure = plan.jobs[number], collect.measure_of(plan)
    facts = {
        "settings": {**settings, "seed": job.retrain, "child_fixed_arc": job.arc},
        "arc": job.arc,
        f"test_{measure.name}": 0.5,
        "parameters": 1,
        "steps": 1,
    }
    end = dict(mode=jobs.TRAIN, status=commands.FINISHED, seconds=1.0)
    run = {**run_record.new(), "seconds": 1.0, "commands": [end]}
    run_record.write(folder.run(plan, number).path, {**run, "stages": {"train": facts}})


def _job_s(folder: CampaignFolder) -> float:
    """CPU seconds of one more worker that takes job 0, which is done."""
    words = ["--mode=job", "--job=0", f"--output_dir={folder.path}"]
    command = [sys.executable, "-m", "enas_tf", *words]
    began = os.times()
    subprocess.run(command, check=True, capture_output=True)
    ended = os.times()
    user = ended.children_user - began.children_user
    return user + ended.children_system - began.children_system


def _seconds(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began
