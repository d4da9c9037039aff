"""Jobs of a plan, done by this command: what it hears, and what it tells meanwhile."""

from collections.abc import Sequence

from absl import logging

from enas_tf.campaign import ending, executor, forecast, hearing, state, status
from enas_tf.campaign.alike import Alike
from enas_tf.campaign.asked import Asked
from enas_tf.campaign.executor import Work
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.places import Place
from enas_tf.campaign.plan import Plan
from enas_tf.campaign.state import State
from enas_tf.command import typed


class JobsFailed(RuntimeError):
    """Some jobs of a campaign failed; what they said is in their logs."""

    def __init__(self, count: int, alike: str = ""):
        """Tells how many.

        Args:
          count: of the jobs that failed.
          alike: a sentence on what they have in common, if no more were begun for it.
        """
        jobs_in_words = "1 job" if count == 1 else f"{count} jobs"
        super().__init__(
            f"{jobs_in_words} failed. {alike}The same command tries again, and keeps "
            "what is done."
        )


class Stopped(Exception):
    """A signal came.

    Attributes:
      number: of the signal.
    """

    def __init__(self, number: int):
        """Keeps the signal.

        Args:
          number: of it.
        """
        super().__init__(number)
        self.number = number


def off(
    request: Asked,
    folder: CampaignFolder,
    ours: Plan,
    numbers: Sequence[int],
    place: Place,
) -> JobsFailed | None:
    """Do what is left of these jobs, where `place` says.

    Returns:
      What is to be said of those that failed, each of which has been told; None where
      none did.

    Raises:
      Stopped: a signal came.
    """
    left = [n for n in numbers if state.of(folder, ours, n) not in state.ENDED]
    teller = _Teller(request, folder, ours, left, place)
    if request.mode != "job":
        teller.begin()
    with hearing.signals() as heard:
        work = Work(
            folder=folder,
            plan=ours,
            command=command_of(request),
            at_once=place.most,
            heard=heard,
            tell=teller.tell,
            given_up=teller.given_up,
            begin=place.begin,
        )
        executor.work_off(work, left)
    if heard:
        raise Stopped(heard[0])
    return teller.failures()


class _Teller:
    """Says how each job has ended, and how much is left.

    Attributes:
      at_once: jobs that run at once.
      failed: the numbers of the jobs that did.
    """

    def __init__(
        self,
        request: Asked,
        folder: CampaignFolder,
        ours: Plan,
        left: Sequence[int],
        place: Place,
    ):
        """Nothing has been told yet.

        Args:
          request: that is carried out.
          folder: of the campaign.
          ours: its plan.
          left: the numbers of the jobs that are to be done.
          place: where they run.
        """
        self.at_once, self._where = place.at_once, place.where
        self.failed: list[int] = []
        self._request, self._folder, self._plan = request, folder, ours
        self._left = list(left)
        # What is done stays so. Read again at each end, a campaign of N jobs would read
        # N times N records.
        self._done: dict[int, float] = {}
        self._alike = Alike()

    def given_up(self) -> bool:
        """Whether what has failed lets all that is left fail as well."""
        return self._alike.is_enough

    def failures(self) -> JobsFailed | None:
        """What is said at the end of those that failed; None where none did."""
        if not self.failed:
            return None
        waiting = len(self._left) - len(self.failed)
        if not self.given_up() or not waiting:
            return JobsFailed(len(self.failed))
        return JobsFailed(
            len(self.failed),
            f"The last {self._alike.count} said the same, so {waiting} more "
            f"{'waits' if waiting == 1 else 'wait'} and none of them was begun: "
            f"{self._alike.line} ",
        )

    def begin(self) -> None:
        """A line on what is to be done."""
        self._done = forecast.done(self._folder, self._plan)
        begins = forecast.begins(
            self._plan, self._left, at_once=self.at_once, where=self._where
        )
        seconds = self._seconds()
        unknown = self._left and not seconds
        hint = " How long is known once a job of each kind is done, or by --dry_run."
        logging.info("%s%s.%s", begins, seconds, hint if unknown else "")

    def tell(self, number: int, found: State) -> None:
        """A line on a job that has ended, for now or for good; a live page."""
        if number in self._left and found in state.ENDED:
            self._left.remove(number)
        self._note(number, found)
        line = _ended(self._folder, self._plan, number, found)
        count = len(self._left)
        to_go = f"; {count} left{self._seconds()}" if count else ""
        logging.info("%s", line if self._request.mode == "job" else f"{line}{to_go}")
        if self._request.mode != "job" and self._request.report == "live":
            ending.show_live(self._folder, self._plan, at_once=self.at_once)

    def _note(self, number: int, found: State) -> None:
        """What the end of a job says of those behind it."""
        if found is State.DONE:
            self._alike.done()
            self._done[number] = state.seconds(self._folder, self._plan, number)
        if found is State.FAILED:
            self.failed.append(number)
            place = str(self._folder.run(self._plan, number).path)
            said = status.last_words(self._folder, self._plan, number)
            self._alike.failed(said, place)

    def _seconds(self) -> str:
        return forecast.left(
            forecast.seconds_left(
                self._plan, self._left, self._done, at_once=self.at_once
            )
            if self._left
            else None
        )


def _ended(folder: CampaignFolder, ours: Plan, number: int, found: State) -> str:
    """A line on a job that has ended, for now or for good."""
    if found is State.FAILED:
        return status.failure(folder, ours, number)
    name, spent = ours.jobs[number].name, state.seconds(folder, ours, number)
    took = f" in {spent:.0f} s" if found is State.DONE else ""
    return f"Job {number} ({name}) {found.value}{took}"


def command_of(request: Asked) -> executor.Command:
    """From the flags of a run to a command of this program."""
    python, program, _ = typed.parts(request.command)
    return lambda words: [python, *program, *words]
