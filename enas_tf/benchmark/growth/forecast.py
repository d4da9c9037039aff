"""How long a search on several devices takes, and a campaign on many workers.

Pure functions of seconds, bytes and counts; what is assumed is in `assumed.py`.
"""

import math
from typing import NamedTuple

from scipy import integrate, stats

QUARTILES = 1.349  # of a normal number, between them: in standard deviations


class Search(NamedTuple):
    """A search on one device.

    Attributes:
      start_s: until the first step: import, building, tracing.
      steps: training steps of the shared child.
      step_s: of one, its arc's drawing included.
      spread_s: the standard deviation of `step_s` over arcs.
      input_s: of its batch, by itself.
      updates: of the controller.
      rewards: arcs of an update.
      update_s: of one.
      parameters: of the shared child, 4 bytes each.
    """

    start_s: float
    steps: int
    step_s: float
    spread_s: float
    input_s: float
    updates: int
    rewards: int
    update_s: float
    parameters: int


class Link(NamedTuple):
    """What joins the devices.

    Attributes:
      bytes_per_s: of one device, in each direction.
      latency_s: of a message.
    """

    bytes_per_s: float
    latency_s: float


class Host(NamedTuple):
    """What starts the devices' work.

    Attributes:
      cores: for all devices.
      busy: the share of a step on one device that a core is at work for it.
      serial: the share of that work that only one core can do at a time.
    """

    cores: int
    busy: float
    serial: float


class Parts(NamedTuple):
    """Seconds of a search.

    Attributes:
      start: until the first step.
      step: the steps of one device, by their mean.
      slowest: more, for all wait for the device with the slowest arc.
      host: more, where the host cannot start them all in that time.
      all_reduce: the gradients of all devices are added.
      input: batches are made.
      reward: the controller's updates.
    """

    start: float
    step: float
    slowest: float
    host: float
    all_reduce: float
    input: float
    reward: float


def all_reduce_s(parameters: int, devices: int, link: Link) -> float:
    """Of the gradient of so many float32 numbers, round a ring of devices.

    Each sends 2 (N - 1) pieces of an N-th: half of them to add up, half to hand out.
    """
    rounds = 2 * (devices - 1)
    return rounds * (4 * parameters / devices / link.bytes_per_s + link.latency_s)


def slowest(devices: int) -> float:
    """By how many standard deviations the largest of N normal numbers is above the
    mean, in the mean."""

    def weighed(x: float) -> float:
        others = stats.norm.cdf(x) ** (devices - 1)
        return float(x * devices * stats.norm.pdf(x) * others)

    return float(integrate.quad(weighed, -10, 10)[0])


def search(one: Search, devices: int, link: Link, host: Host) -> Parts:
    """The parts of a search whose arcs are shared out among devices.

    Each device has an arc of its own in each step. As many arcs are trained as on one
    device, so there are fewer steps by as many times. The arcs of an update are shared
    out, too. Each device's part is traced by itself.
    """
    steps = math.ceil(one.steps / devices)
    waits = one.spread_s * slowest(devices)
    # Either the cores together are too few, or the part that only one may do.
    busy = one.step_s * host.busy * devices * max(1 / host.cores, host.serial)
    rounds = math.ceil(one.rewards / devices) / one.rewards
    return Parts(
        start=one.start_s * devices,
        step=steps * one.step_s,
        slowest=steps * waits,
        host=steps * max(0.0, busy - one.step_s - waits),
        all_reduce=steps * all_reduce_s(one.parameters, devices, link),
        input=steps * one.input_s,
        reward=one.updates * one.update_s * rounds,
    )


class Jobs(NamedTuple):
    """A campaign.

    Attributes:
      jobs: of its plan.
      run_s: of a job's own work.
      start_s: of a job, before its own work.
      end_s: of the command that works the plan off, at the end of each job.
      collect_s: of all results, once.
    """

    jobs: int
    run_s: float
    start_s: float
    end_s: float
    collect_s: float


class Campaign(NamedTuple):
    """Seconds of a campaign.

    Attributes:
      work: of the workers: jobs run, one behind the other on each.
      start: of the workers: what jobs need before.
      command: more, where jobs end faster than one command keeps up with.
      collect: the results.
    """

    work: float
    start: float
    command: float
    collect: float


def campaign(one: Jobs, workers: int) -> Campaign:
    """The parts of a campaign on so many workers that one command gives jobs to."""
    turns = math.ceil(one.jobs / workers)
    work, start = turns * one.run_s, turns * one.start_s
    command = max(0.0, one.jobs * one.end_s - work - start)
    return Campaign(work, start, command, one.collect_s)


def most_workers(one: Jobs) -> float:
    """How many workers one command keeps at work: with more, jobs wait for it."""
    return math.inf if not one.end_s else (one.run_s + one.start_s) / one.end_s
