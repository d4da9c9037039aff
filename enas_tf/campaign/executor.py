"""Works a plan off: some jobs at once, each once what it waits for is done.

No scheduler: what is to be done follows from the disk, so that any number of kills, and
several machines on one folder, end with the same runs.
"""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from enas_tf.campaign import process, state
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.plan import Plan
from enas_tf.campaign.process import Busy, Command, Process
from enas_tf.campaign.state import State
from enas_tf.config.sections import ConfigError

_PAUSE = 0.2  # seconds between looks at the processes
_OTHERS = 2.0  # seconds between looks at jobs that are in other hands


class AtWork(Protocol):
    """One job at work, or on its way to it: a process of this machine, or elsewhere.

    Attributes:
      number: of the job.
      has_begun: whether it has got to work.
    """

    number: int
    has_begun: bool

    def stop(self, number: int) -> None:
        """Have it save and end; `number` is of a signal, a second one is no request."""

    def withdraw(self) -> None:
        """Have it not begin, unless it has."""

    def has_ended(self) -> bool:
        """Whether it has; what it came to is then on the disk."""


Begin = Callable[[CampaignFolder, Plan, int, Command], AtWork]


class Work(NamedTuple):
    """A campaign to be worked off.

    Attributes:
      folder: of it.
      plan: of it.
      command: from the flags of a run to what is to be started.
      at_once: so many jobs.
      heard: the signals that came so far; one is enough to begin nothing more.
      tell: is told the number and the state of each job that has ended.
      given_up: whether no more is to be begun, since it would fail as well.
      begin: begins a job; Busy where another process has it.
    """

    folder: CampaignFolder
    plan: Plan
    command: Command
    at_once: int
    heard: Sequence[int]
    tell: Callable[[int, State], None]
    given_up: Callable[[], bool] = lambda: False
    begin: Begin = Process

    @property
    def begins_no_more(self) -> bool:
        """Whether the jobs at work are the last ones of this command."""
        return bool(self.heard) or self.given_up()

    def state(self, number: int) -> State:
        """Of a job."""
        return state.of(self.folder, self.plan, number)


class _Hands(NamedTuple):
    """The jobs of a command: those it has yet to begin, and those it has begun."""

    waiting: list[int]
    running: list[AtWork]


def work_off(work: Work, numbers: Sequence[int]) -> None:
    """Does the jobs of these numbers that can be done; it ends with the last one.

    One that fails is left to the next command, and so are those that wait for it.
    """
    hands = _Hands(list(numbers), [])
    passed_on, looked, changed, others = 0, 0.0, True, False
    while True:
        due = changed or (others and time.monotonic() > looked)
        if due and not work.begins_no_more:
            others = _begin_some(work, hands)
            looked, changed = time.monotonic() + _OTHERS, False
        if not hands.running and (work.begins_no_more or not others):
            return
        for number in work.heard[passed_on:]:
            passed_on += 1
            for one in hands.running:
                one.stop(number)
        time.sleep(_PAUSE)
        for one in [one for one in hands.running if one.has_ended()]:
            hands.running.remove(one)
            if one.has_begun:
                work.tell(one.number, work.state(one.number))
            changed = True
        if work.given_up():
            for one in hands.running:
                one.withdraw()


def _begin_some(work: Work, hands: _Hands) -> bool:
    """Begins what can be begun; whether what is left is in other hands."""
    others = False
    for number in list(hands.waiting):
        if len(hands.running) >= work.at_once:
            # What is behind is looked at once there is room: not all that waits each
            # time that a job ends.
            return others
        found = work.state(number)
        if found in state.ENDED:
            hands.waiting.remove(number)
            work.tell(number, found)
        elif found is State.RUNNING:
            others = True
        elif not state.is_ready(work.folder, work.plan, number):
            others |= _is_awaited(work, hands, number)
        elif not work.begins_no_more:
            others |= not _begin(work, hands, number)
    return others


def _is_awaited(work: Work, hands: _Hands, number: int) -> bool:
    """Whether another process does what the job waits for."""
    pick = work.plan.jobs[number].pick
    ours = [one.number for one in hands.running]
    if pick is None or pick.job in ours:
        return False
    return work.state(pick.job) is State.RUNNING


def _begin(work: Work, hands: _Hands, number: int) -> bool:
    """Begins a job; False where another process has it."""
    try:
        begun = work.begin(work.folder, work.plan, number, work.command)
        hands.running.append(begun)
    except Busy:
        return False
    except ConfigError as error:
        process.note_failure(work.folder, work.plan, number, str(error))
        work.tell(number, State.FAILED)
    hands.waiting.remove(number)
    return True
