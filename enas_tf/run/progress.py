"""Words for a person who waits: durations, estimates and one line with a bar.

Records nothing; see report.py.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TextIO

import tqdm

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


# The time left is ours, not tqdm's: parts of the work cost more than others.
_FORECAST_FORM = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}{postfix}"


class State(NamedTuple):
    """The state of a progress line.

    Attributes:
      label: the work in hand.
      done: seconds of work that are done.
      left: seconds of work that are left; None: not known yet.
    """

    label: str
    done: float
    left: float | None


def duration(seconds: float) -> str:
    """`seconds` in at most two units: `45 s`, `3 min 5 s`, `2 h 5 min`, `3 d 4 h`."""
    seconds = max(0, round(seconds))
    if seconds < 10 * _MINUTE:
        return _two_units(seconds, 1, _MINUTE, "s", "min")
    if round(seconds / _MINUTE) < 48 * 60:
        return _two_units(seconds, _MINUTE, _HOUR, "min", "h")
    return _two_units(seconds, _HOUR, _DAY, "h", "d")


def estimate(label: str, seconds: float, *, has_gpu: bool, preset_hint: bool) -> str:
    """The line that says how long a stage will take.

    Args:
      label: the stage.
      seconds: left of it.
      has_gpu: whether TensorFlow sees a GPU.
      preset_hint: whether a `cpu` preset exists that the user has not chosen yet.
    """
    line = f"{label}: about {duration(seconds)} to go."
    if seconds <= _HOUR or has_gpu or not preset_hint:
        return line
    return f"{line} There is no GPU; --preset=cpu is made to end within an hour."


class Bar:
    """A tqdm line with the time left; silent where nobody could watch it move."""

    def __init__(self, *, wanted: bool, file: TextIO | None = None):
        """Shows nothing yet.

        Args:
          wanted: whether a line is drawn, if standard error is a terminal.
          file: where it is drawn instead, terminal or not, as a notebook is none.
        """
        self._wanted = wanted
        self._file = file
        self._line: tqdm.tqdm | None = None
        self._state: Callable[[], State] | None = None

    def begin(self, label: str, total: int, done: int, unit: str) -> None:
        """Open the line, `done` of `total` being there already."""
        self.finish()
        self._line = self._open(total=total, initial=done, desc=label, unit=unit)

    def begin_forecast(self, state: Callable[[], State]) -> None:
        """Open a line that shows the value of `state`, each time that it is moved."""
        self.finish()
        self._line = self._open(total=1, desc=state().label, bar_format=_FORECAST_FORM)
        self._state = state
        self._show_state()

    def advance(self, count: int, shown: Mapping[str, object]) -> None:
        """Move by `count` and show the values `shown` behind the bar."""
        if self._line is None:
            return
        if self._state is not None:
            self._show_state()
            return
        self._line.set_postfix(shown, refresh=False)
        self._line.update(count)

    def finish(self) -> None:
        """Take the line away; without one, nothing."""
        if self._line is not None:
            self._line.close()
        self._line = self._state = None

    def _open(self, **settings: object) -> tqdm.tqdm | None:
        # Asked now and not at import: a program may redirect its standard error.
        if not self._wanted or not (self._file or sys.stderr.isatty()):
            return None
        file = self._file or sys.stderr
        common = dict(file=file, dynamic_ncols=True, leave=False)
        return tqdm.tqdm(**settings, **common)

    def _show_state(self) -> None:
        """Draw the line anew: the end moves as the pace is learned."""
        if self._line is None or self._state is None:
            return
        label, done, left = self._state()
        self._line.set_description_str(label, refresh=False)
        if left is None:
            self._line.set_postfix_str("building the first step", refresh=False)
        else:
            self._line.n, self._line.total = done, max(done + left, 1e-6)
            self._line.set_postfix_str(f"about {duration(left)} to go", refresh=False)
        self._line.refresh()

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Within it something else may write to standard error."""
        if self._line is None:
            yield
            return
        with tqdm.tqdm.external_write_mode(file=self._file or sys.stderr):
            yield


def _two_units(
    seconds: int, small: int, large: int, small_name: str, large_name: str
) -> str:
    """`seconds` rounded to `small` units, full `large` ones apart."""
    ratio = large // small
    whole, rest = divmod(round(seconds / small), ratio)
    parts = [(whole, large_name), (rest, small_name)]
    shown = [f"{count} {name}" for count, name in parts if count]
    return " ".join(shown) or f"0 {small_name}"
