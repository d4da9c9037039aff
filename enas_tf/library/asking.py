"""Ask and tell: arcs of a controller out, rewards of another program in.

What is told is in arcs/told.jsonl before the call returns; the controller is in a
checkpoint after each update. Both together are the whole state: arcs that are out
follow from the controller and the number of the update. So a process may end anywhere,
and the next one asks for what was not told.
"""

import contextlib
import threading
import weakref
from collections.abc import Iterator, Mapping
from typing import Any

from absl import logging

from enas_tf.command import objective_checks
from enas_tf.config.sections import ConfigError
from enas_tf.library import arguments, process, voice
from enas_tf.library.told import Told
from enas_tf.library.voice import Progress

# The session of each folder in this process.
_OPEN: "weakref.WeakValueDictionary[str, Session]" = weakref.WeakValueDictionary()


def opened(settings: Mapping[str, object], progress: Progress) -> "Session":
    """A session, in the place of an earlier one of this process on that folder."""
    folder = process.folder_of(settings)
    close(folder)
    session = _OPEN[folder] = Session(settings, progress)
    return session


def close(folder: str) -> None:
    """End the session of this process on `folder`, of `process.folder_of`, if any."""
    if earlier := _OPEN.pop(folder, None):
        earlier.close()


class Feedback:
    """Takes the reward of one arc, once."""

    def __init__(self, session: "Session", update: int, place: int):
        """Made by `Session.ask`.

        Args:
          session: that asked.
          update: of the controller, from 0.
          place: of the arc in it.
        """
        self._session = session
        self._update = update
        self._place = place

    def __call__(self, reward: float) -> None:
        """Tell what the arc is worth: higher is better, from -1e6 to 1e6.

        Raises:
          ConfigError: it is no such number, or the arc has a reward already.
          NotFinite: the controller's loss is no number.
        """
        self._session.tell(self._update, self._place, reward)


class Session:
    """The controller of one folder, while a program tells it of its arcs.

    It holds the folder until `close`, or until nothing refers to it. Any thread may
    tell; one asks.
    """

    def __init__(self, settings: Mapping[str, object], progress: Progress):
        """Takes up the folder, and goes on with what is in it.

        Args:
          settings: of a search, by names of flags.
          progress: as `voice.checked`.

        Raises:
          ConfigError: as of a search; or the folder holds one by shared weights.
        """
        self._progress = progress
        self._lock = threading.RLock()
        self._out: set[int] = set()
        self._ends = contextlib.ExitStack()
        # Also where a program forgets this object with arcs that are out.
        weakref.finalize(self, self._ends.close)
        with process.worded(), voice.heard(progress):
            self._made = process.claimed(settings, progress)
        self._ends.callback(self._made.folder.release)
        self._ends.enter_context(self._made.folder.noted())
        try:
            with self._working():
                self._open()
        except BaseException as error:
            self._ends.__exit__(type(error), error, error.__traceback__)
            raise

    @property
    def is_open(self) -> bool:
        """Whether it holds the folder."""
        return self._made.folder.holds_lock()

    def close(self) -> None:
        """Let go of the folder. What is told afterwards is refused."""
        with self._lock:
            self._ends.close()

    def ask(self, count: int) -> Iterator[tuple[Any, Feedback]]:
        """Arcs, until `count` of this folder are told; see `Search.sample`."""
        self._out = set()  # what an earlier call gave is asked again
        heard = self._num_told  # when this round of an update's arcs began
        while self._num_told < count:
            place = self._next(count)
            if place is not None:
                self._out.add(place)
                yield self._arc(place), Feedback(self, self._learner.update, place)
            elif self._num_told + len(self._out) >= count:
                self._say(f"{len(self._out)} arcs are out and have no reward yet.")
                return
            else:
                self._ask_again(heard)
                heard = self._num_told

    def tell(self, update: int, place: int, reward: float) -> None:
        """As `Feedback`; `place` is that in the update."""
        with self._lock, process.worded():
            if not self.is_open:
                raise ConfigError(
                    "This arc's folder is no longer held: it was closed, or asked "
                    "again by a later call. Tell what Search.sample gives now."
                )
            if update != self._learner.update or place in self._rewards:
                raise ConfigError("This arc has its reward already. Tell it once.")
            worth = arguments.reward(reward)
            arc = self._arc(place)
            self._told.append(update, place, self._learner.space.text(arc), worth)
            self._rewards[place] = worth
            self._out.discard(place)
            if len(self._rewards) == self._learner.size:
                self._learn_or_close()

    def _open(self) -> None:
        from enas_tf.library.telling import Learner
        from enas_tf.stages import assembly, same_machine, same_ops, told

        made = self._made
        if not made.configs["search"].controller.training:
            raise ConfigError(
                "--nocontroller_training is not allowed here: what is told trains the "
                "controller. Leave it out."
            )
        if made.configs["search"].run.warm_start:
            raise ConfigError(
                "--warm_start is not allowed here: a search that is told its rewards "
                "has no shared weights. Leave it out."
            )
        objective_checks.check_told(made.configs["search"])
        told.bind(made)
        made.folder.bind_settings("search", made.configs["search"])
        report = self._ends.enter_context(assembly.report(made, "search"))
        same_machine.bind(made, "search", report)
        same_ops.bind(made, "search")
        self._learner = Learner(made, report)
        self._told = Told(made.folder.arcs)
        self._ends.callback(self._told.close)
        self._begin_update()
        while len(self._rewards) == self._learner.size:
            self._learn()  # it ended between the last reward and the checkpoint

    def _learn_or_close(self) -> None:
        """Where Ctrl-C comes between, what is on the disk is whole, and this is not."""
        try:
            with self._working():
                self._learn()
        except BaseException:
            self.close()
            raise

    def _learn(self) -> None:
        self._learner.learn(self._tokens, self._rewards)
        self._begin_update()

    def _begin_update(self) -> None:
        self._tokens = self._learner.draw()
        space = self._learner.space
        texts = [space.text(space.decode(row)) for row in self._tokens]
        self._rewards = self._told.of_update(self._learner.update, texts)
        self._out = set()

    def _arc(self, place: int) -> Any:
        return self._learner.space.decode(self._tokens[place])

    @property
    def _num_told(self) -> int:
        with self._lock:
            return self._learner.update * self._learner.size + len(self._rewards)

    def _next(self, count: int) -> int | None:
        """The place of the next arc to ask for; None: as many as may be are out."""
        with self._lock:
            if self._num_told + len(self._out) >= count:
                return None
            places = range(self._learner.size)
            free = (p for p in places if p not in self._rewards and p not in self._out)
            return next(free, None)

    def _ask_again(self, heard: int) -> None:
        """All arcs of an update are out: those without reward are asked again.

        Raises:
          ConfigError: nothing was told since `heard` rewards were there.
        """
        if self._num_told == heard:
            raise ConfigError(
                f"None of the {len(self._out)} arcs that are out has its reward, "
                "without which the controller cannot go on: an update is of "
                f"controller_num_aggregate={self._learner.size} arcs. Call "
                "feedback(reward), for a failed arc with a low one, before asking on."
            )
        self._say(f"{len(self._out)} arcs have no reward: they are asked again.")
        self._out = set()

    def _say(self, line: str) -> None:
        with self._lock, voice.heard(self._progress):
            logging.info("%s", line)

    @contextlib.contextmanager
    def _working(self) -> Iterator[None]:
        with (
            process.worded(),
            voice.heard(self._progress),
            process.conditions(self._made),
        ):
            yield
