"""The end of a run in a few lines: its result, its files, its time.

All of it is read from the run's folder, so that it is the same however often the run
was stopped on its way.
"""

import contextlib
import pathlib
import shlex
import shutil
import textwrap
import time
from collections.abc import Iterator, Mapping, Sequence

from absl import logging

from enas_tf.arcs import forms as arc_forms
from enas_tf.command.request import Request
from enas_tf.run import layout, lines, progress, readings
from enas_tf.run.folder import RunFolder
from enas_tf.run.rows import Row
from enas_tf.stages import assembly, final_tasks, told_formats

SECONDS = ("latency", "search", "derive", "train", "test", "export")
_LABEL = 8  # columns of the names at the left


@contextlib.contextmanager
def timed(folder: RunFolder, stage: str, *, goes_on: bool = False) -> Iterator[None]:
    """Record the seconds of the block in run.json, also if it is stopped.

    Args:
      folder: the run's.
      stage: one of `SECONDS`.
      goes_on: add them to those of earlier commands: the stage goes on where it was.
    """
    began = time.monotonic()
    try:
        yield
    finally:
        earlier = folder.fact(stage, "seconds", float) or 0.0
        seconds = time.monotonic() - began + (earlier if goes_on else 0.0)
        folder.record(stage, seconds=round(seconds, 1))


def log(request: Request) -> None:
    """Say how the run stands."""
    logging.info("%s", "\n".join(["Summary", *_block(request)]))


def _block(request: Request) -> list[str]:
    stages = request.folder.run()["stages"]
    searched = request.mode != "train" and "derive" in stages
    found = _arc(request, searched=searched)
    if searched:
        found += _derived(stages["derive"])
    if request.mode in ("train", "all"):
        found += _tested(request, stages["train"])
    found += _lines("files", _files(request.folder))
    if request.mode in ("train", "all"):
        found += _lines("export", told_formats.lines(request.folder))
    found += _words("time", _seconds(request.folder))
    # A Python program goes on with what it is given.
    return found if request.caller else found + _lines("next", _commands(request))


def _arc(request: Request, *, searched: bool) -> list[str]:
    """The arc in words: the one that was derived, or the one that was trained."""
    stage = "derive" if searched else "train"
    config = request.configs["search" if searched else "train"]
    text = request.folder.fact(stage, "arc", str) or config.child.fixed_arc
    baselines = arc_forms.FORMS[config.run.search_for].baselines
    if text in baselines:
        return _words("arc", baselines[text])
    space = assembly.SPACES[config.run.search_for].space(config)
    return _words("arc", space.describe(space.parse(text)))


def _derived(facts: Mapping[str, Sequence[str]]) -> list[str]:
    *scores, comparison = facts["in_words"]
    more = facts.get("more_in_words", [])  # versions up to 0.4 said no more
    return _each("score", scores) + _each("search", [comparison, *more])


def _tested(request: Request, facts: Row) -> list[str]:
    measure = final_tasks.of(request.configs["train"]).measure
    value = f"{facts[f'test_{measure.name}']:.{measure.places}f}"
    began = request.configs["train"].run.warm_start
    how = f"the weights of {lines.shown(pathlib.Path(began))}" if began else "scratch"
    line = f"{measure.name} {value}, trained from {how}"
    noted = request.folder.readings()
    data = facts.get("data", {}).get("checksum", "")
    if len(noted) > 1:
        line += f". {readings.sentence(noted, data)}"
    return _words("test", line)


def _files(folder: RunFolder) -> list[str]:
    files = {
        "the arc": folder.arcs / layout.BEST_PICTURE,
        "what was seen": folder.arcs / layout.PARETO_PICTURE,
        "curves": folder.curves,
        "all of it on a page": folder.path / layout.PAGE,
        "the model": folder.final / layout.KERAS_FILE,
        "the same for TensorFlow": folder.final / layout.SAVED_MODEL,
        **told_formats.files(folder),
    }
    there = {what: path for what, path in files.items() if path.exists()}
    return [f"{lines.shown(path)} ({what})" for what, path in there.items()]


def _seconds(folder: RunFolder) -> str:
    """Durations of the stages, and of the whole run with its start and its reading."""
    known = {s: folder.fact(s, "seconds", float) for s in SECONDS}
    words = [f"{s} {progress.duration(t)}" for s, t in known.items() if t is not None]
    return ", ".join([*words, f"in all {progress.duration(folder.seconds())}"])


def _commands(request: Request) -> list[str]:
    """The next commands."""
    logdir = f"--logdir={lines.shown(request.folder.tensorboard)}"
    board = shlex.join([_tensorboard(request), logdir])
    if request.mode in ("train", "all"):
        return [board, request.predict_command()]
    return [board, request.retrain_command()]


def _tensorboard(request: Request) -> str:
    """The program, as one can call it here."""
    beside = pathlib.Path(request.command[0]).with_name("tensorboard")
    if shutil.which("tensorboard") is None and beside.exists():
        return lines.shown(beside)
    return "tensorboard"


def _lines(label: str, values: Sequence[str]) -> list[str]:
    """`values` below each other, behind `label`; none is broken."""
    return [
        f"  {label if place == 0 else '':<{_LABEL}}{value}"
        for place, value in enumerate(values)
    ]


def _each(label: str, sentences: Sequence[str]) -> list[str]:
    """Each sentence once and on lines of its own, behind one label."""
    folded = [
        line
        for number, sentence in enumerate(dict.fromkeys(sentences))
        for line in _words("" if number else label, sentence)
    ]
    return folded


def _words(label: str, text: str) -> list[str]:
    """`text` folded at spaces, behind `label`."""
    width = lines.WIDTH - _LABEL - 2
    folded = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return _lines(label, folded)
