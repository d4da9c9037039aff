"""What a run's folder holds, read once for all sections of a page; nothing is written.

A damaged row is left out and counted, a damaged run.json is read from its twin.
"""

import contextlib
import dataclasses
import datetime
import functools
import json
import pathlib
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from enas_tf.command import typed
from enas_tf.config import modes
from enas_tf.config.sections import ConfigError
from enas_tf.run import commands as run_commands
from enas_tf.run import layout, locks, measures, rows
from enas_tf.run import record as run_record
from enas_tf.run import settings as run_settings
from enas_tf.run.measures import Measure
from enas_tf.run.rows import Row

FactT = TypeVar("FactT", str, int, float, list, dict)

RUNNING, UNFINISHED, UNKNOWN = "running", "unfinished", "unknown"
# What damaged facts lead to, of JSON that is whole and not what it should be.
DAMAGE = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)


class Missing(ValueError):
    """What a section is made of is not there; says so in a sentence."""


@dataclasses.dataclass(frozen=True)
class Found:
    """A run, as its folder tells.

    Attributes:
      path: of the folder.
      run: the object of run.json.
      rows: of metrics.jsonl, those that are whole.
      damaged: the number of others.
      ending: how the last command ends, where it is that which makes the page.
    """

    path: pathlib.Path
    run: Mapping[str, Any]
    rows: Sequence[Row]
    damaged: int
    ending: str = ""

    def facts(self, stage: str) -> dict[str, Any]:
        """What run.json says of a stage; {} if nothing."""
        return self.run["stages"].get(stage, {})

    def fact(self, stage: str, name: str, kind: type[FactT]) -> FactT | None:
        """One of these; None if it is not there or of another kind."""
        value = self.facts(stage).get(name)
        if kind is float and type(value) is int:
            return kind(value)
        fits = isinstance(value, kind) and not isinstance(value, bool)
        return value if fits else None

    @functools.cached_property  # a hundred are asked for, and each reads files
    def begun(self) -> dict[str, dict[str, Any]]:
        """The settings that each stage began with, of those that have."""
        found = {stage: self._settings(stage) for stage in modes.STAGES}
        return {stage: values for stage, values in found.items() if values}

    def _settings(self, stage: str) -> dict[str, Any]:
        """The settings that a stage began with; {} if it has not."""
        copy = self.facts(stage).get(run_settings.KEY)
        return run_settings.find(self.path, stage, copy).values

    def setting(self, name: str) -> Any:
        """A setting of the first stage that has it; None if none has."""
        return next((v[name] for v in self.begun.values() if name in v), None)

    @property
    def measure(self) -> Measure | None:
        """By which its arcs are judged, by the names of its figures."""
        keys = {*self.facts("derive"), *self.facts("train")}
        keys |= {key for row in self.rows for key in row}
        for one in measures.BY_NAME.values():
            if keys & {f"policy_{one.name}", f"test_{one.name}", one.name}:
                return one
        return None

    @property
    def commands(self) -> list[dict[str, Any]]:
        """Those of the run; each has a list of words."""
        # Versions up to 0.2 kept the first one alone.
        listed = run_commands.of(self.run) or [{"command": self.run.get("command")}]
        return [one for one in listed if _words(one.get("command"))]

    @property
    def preset(self) -> str:
        """The one that was named first; "" if none can be told."""
        for one in self.commands:
            for word in typed.parts(one["command"]).flags:
                name, _, value = word.lstrip("-").partition("=")
                if name == "preset":
                    return value
        return "paper" if self.commands else ""

    @property
    def data(self) -> str:
        """The data's name, or the last part of their path."""
        named = self.setting("data_path") or self.setting("dataset") or ""
        return pathlib.PurePath(str(named)).name

    @property
    def state(self) -> str:
        """How the last command ended, or that it has not."""
        if self.ending:
            return self.ending
        listed = run_commands.of(self.run)
        if not listed:
            return UNKNOWN  # a version up to 0.2 made it
        if status := listed[-1].get("status"):
            return str(status)
        held = locks.is_held(self.path / layout.LOCK)
        return RUNNING if held else UNFINISHED

    @property
    def seconds(self) -> float:
        """Of all commands together."""
        return run_commands.seconds(self.run)


def read(path: pathlib.Path, *, with_rows: bool = True) -> Found:
    """The run in the folder `path`.

    Args:
      path: of the folder.
      with_rows: whether to read metrics.jsonl, which may be long.

    Raises:
      ConfigError: it holds none, or cannot be read.
    """
    record = run_record.read(path)
    if record is None:
        raise ConfigError(
            f"--output_dir={path} holds no run of this program. Name the folder of one."
        )
    found = rows.Found([], 0, False)
    with contextlib.suppress(OSError):
        if with_rows:
            found = rows.read(path / layout.METRICS, keys=rows.KEYS)
    whole = [row for _, row in found.rows]
    return Found(path, record.run, whole, found.damaged)


def lines(path: pathlib.Path) -> list[dict[str, Any]]:
    """The objects of a file of one a line.

    Raises:
      Missing: there is no such file, or a line of it is damaged.
    """
    parent = f"{layout.ARCS}/" if path.parent.name == layout.ARCS else ""
    name = f"{parent}{path.name}"
    try:
        found = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    except OSError:
        raise Missing(f"{name} is missing.") from None
    except ValueError:
        raise Missing(f"{name} is damaged.") from None
    if not found or not all(isinstance(one, dict) for one in found):
        raise Missing(f"{name} is damaged.")
    return found


def command_line(words: Sequence[str]) -> str:
    """A command as a shell takes it."""
    return shlex.join(words)


def moment(text: object) -> str:
    """A time of run.json, to read; as it is if it is none."""
    try:
        then = datetime.datetime.fromisoformat(str(text))
    except ValueError:
        return str(text)
    return then.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")


def _words(value: object) -> bool:
    if not isinstance(value, list) or len(value) < 2:
        return False
    return all(isinstance(word, str) for word in value)
