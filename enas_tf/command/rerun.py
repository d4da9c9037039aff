"""--rerun: from the run.json of a run to the commands that do the same again.

A command that was given twice, because the first was stopped, is one: a run that goes
on comes to the bits of one that was not stopped. No TensorFlow.
"""

import os
import pathlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from enas_tf.command import flag_reading, keywords, plugins, rerun_refusals
from enas_tf.config import modes
from enas_tf.config import sections as config
from enas_tf.config.sections import ConfigError
from enas_tf.data import memory
from enas_tf.machine import record as machine
from enas_tf.run import commands as run_commands
from enas_tf.run import layout
from enas_tf.run import record as run_record
from enas_tf.run import settings as run_settings
from enas_tf.run import space as run_space

# What is not repeated of a command, because it says where, and not what.
_OF_PLACE = ("output_dir", "reset_output_dir", "rerun", "threads")
_KEPT = ("mode", "threads", "reset_output_dir", "input", "runs_format")
_OTHER_PLACES = ("data_path",)  # shapes the result, and lies elsewhere on a machine


class Plan(NamedTuple):
    """A run to be repeated.

    Attributes:
      folder: of the old run.
      old: the object of its run.json.
      new: the folder of the new one.
      commands: the settings of each command, by names of flags.
      onednn: whether TensorFlow is to take oneDNN's kernels; None if nothing tells.
    """

    folder: pathlib.Path
    old: Mapping[str, object]
    new: pathlib.Path
    commands: list[dict[str, object]]
    onednn: bool | None


def plan(given: Mapping[str, object]) -> Plan:
    """What --rerun asks for.

    Args:
      given: flag name to value, as the user wrote them.

    Raises:
      ConfigError: there is no such run, it cannot be repeated, --output_dir is not
        another folder, or a flag would make it another run.
    """
    path = pathlib.Path(os.path.expanduser(str(given["rerun"])))
    rerun_refusals.campaign(path, str(given["rerun"]))
    path = path / layout.RUN if path.is_dir() else path
    _refuse_others(given)
    old = _read(path, str(given["rerun"]))
    new = _new_folder(path.parent, given)
    held = _conditions(old)
    threads = {"threads": held["threads"]} if held.get("threads") else {}
    own = {name: value for name, value in given.items() if name not in _OF_PLACE}
    commands = [
        {
            **_with_own_search(settings, path.parent, new),
            **threads,
            **own,
            "output_dir": str(new),
        }
        for settings in _settings(old, path)
    ]
    rerun_refusals.finished(new, len(commands))
    rerun_refusals.other_plugins(path.parent, old, plugins.loaded())
    onednn = held.get("onednn")
    return Plan(path.parent, old, new, commands, onednn)


def prepare(asked: Plan) -> None:
    """Ask for the kernels that the old run had, before TensorFlow is imported."""
    if asked.onednn is not None:
        os.environ[machine.ONEDNN] = str(int(asked.onednn))


def _read(path: pathlib.Path, written: str) -> dict[str, Any]:
    if not path.is_file():
        raise ConfigError(
            f"--rerun={written} does not exist: it must be the run.json of a run, or "
            "its folder. Correct it."
        )
    old = rerun_refusals.read(path)
    if old.get("program") != run_record.PROGRAM:
        raise ConfigError(
            f"--rerun={written} is no run.json of this program. Name one, or the "
            "folder of a run."
        )
    return old


def _refuse_others(given: Mapping[str, object]) -> None:
    free = {i.flag for i in config.settings() if not i.field.metadata["shapes_result"]}
    for name in given:
        if name in _KEPT or name not in {*free, *_OTHER_PLACES}:
            raise ConfigError(
                f"--{name} is not allowed with --rerun, which repeats a run as it was. "
                "Leave it out, or give the command without --rerun."
            )


def _new_folder(old: pathlib.Path, given: Mapping[str, object]) -> pathlib.Path:
    if not given.get("output_dir"):
        raise ConfigError(
            "--rerun needs --output_dir, a new folder for the run that is repeated. "
            "Add it."
        )
    new = pathlib.Path(os.path.expanduser(str(given["output_dir"])))
    if os.path.realpath(new) == os.path.realpath(old):
        raise ConfigError(
            f"--output_dir={given['output_dir']} is the folder of the old run: it must "
            "be another one. Choose a new folder."
        )
    return new


def _settings(old: Mapping[str, object], path: pathlib.Path) -> list[dict[str, object]]:
    """Of the commands that made the run, each once."""
    listed = run_commands.of(old) or [{"command": old.get("command")}]
    space = _space(old)
    found: list[dict[str, object]] = []
    failed: list[dict[str, object]] = []
    for entry in listed:
        settings = _of_command(entry.get("command"), space)
        mode = modes.MODES.get(run_space.mode(settings)) if settings else None
        wanted = failed if entry.get("status") == run_commands.FAILED else found
        if mode and mode.sums_up and settings not in wanted:
            wanted.append(settings)
    commands = found or failed
    if not commands:
        raise ConfigError(
            f"{path} does not say which command made the run, so it cannot be repeated."
        )
    if any(one.get("dataset") == memory.NAME for one in commands):
        raise ConfigError(
            f"{path} is of a run on arrays of a Python program, which are not kept. "
            "Repeat it with that program, and compare with --mode=runs."
        )
    return commands


def _with_own_search(
    settings: dict[str, object], old: pathlib.Path, new: pathlib.Path
) -> dict[str, object]:
    """`settings`; a training that began with the search beside it does so again."""
    source = os.path.expanduser(str(settings.get("warm_start", "")))
    if not source or os.path.realpath(source) != os.path.realpath(old):
        return settings
    return {**settings, "warm_start": str(new)}


def _of_command(words: object, space: str) -> dict[str, object]:
    """What the words of a command set, but for places; {} if they are none."""
    if not isinstance(words, list) or len(words) < 2:
        return {}
    named = [str(word) for word in words]
    if space and not any(word.lstrip("-").startswith("search_for=") for word in named):
        named.append(f"--search_for={space}")  # a training knows it from its folder
    plugins.load(flag_reading.early(named[1:], "plugin"))
    settings = keywords.of_command(named)
    return {name: v for name, v in settings.items() if name not in _OF_PLACE}


def _space(old: Mapping[str, object]) -> str:
    """The space of the run, by the settings of its stages; "" if they are not there."""
    return str(_first(old, run_settings.KEY).get("search_for", ""))


def _conditions(old: Mapping[str, object]) -> dict[str, Any]:
    """Those of the first stage that says some; {} if none does."""
    return _first(old, machine.KEY)


def _first(old: Mapping[str, object], key: str) -> dict[str, Any]:
    """The first object that a stage has under `key`; {} if none has one."""
    found = (facts.get(key) for facts in run_record.stages(old).values())
    return next((one for one in found if isinstance(one, dict)), {})
