"""Settings as a Python program gives them, read as flags of a command line are.

There is one way for a setting into a run: its keyword becomes the word that a shell
would be given, so what is wrong is refused alike. No TensorFlow.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from absl import flags

from enas_tf.command import checks, flag_reading, plugins, typed
from enas_tf.command import flags as search_flags
from enas_tf.config import sections as config
from enas_tf.config.sections import ConfigError

_REWARDS = ("reward", "controller_reward")
PROGRAM = "enas_tf.Search"  # in the place of the script in a command


class Asked(NamedTuple):
    """What `request.build` takes, and what the user is to be told.

    Attributes:
      given: flag name to value, those of the space.
      preset: its name; None where none was named.
      command: the command that a shell would have been given.
      notices: a line for each setting without effect.
    """

    given: dict[str, Any]
    preset: str | None
    command: list[str]
    notices: list[str]


def read(settings: Mapping[str, object]) -> Asked:
    """The flags that `settings`, by names of flags, are.

    Plugins are loaded before, as by a command, for they bring flags and values.

    Raises:
      ConfigError: an unknown name, a value of the wrong type, or a plugin that is not
        there or fails.
    """
    _refuse_functions(settings)
    plugins.load(_written(settings.get("plugin", ""), may_be_list=True))
    lists = _of_lists()
    return _asked(
        [f"--{name}={_written(v, name in lists)}" for name, v in settings.items()]
    )


def of_command(command: Sequence[str]) -> dict[str, object]:
    """The settings that a command of a run gave, the preset among them.

    Args:
      command: as run.json has it: the interpreter, the program, its flags.

    Raises:
      ConfigError: a flag is none of this program.
    """
    asked = _asked(typed.parts(command).flags)
    preset = {} if asked.preset is None else {"preset": asked.preset}
    return {**preset, **asked.given}


def _asked(words: Sequence[str]) -> Asked:
    values = flags.FlagValues()
    search_flags.define(values)
    known = search_flags.names_of(values)
    for word in words:
        name = word.lstrip("-").partition("=")[0]
        if name not in known and name.removeprefix("no") not in known:
            raise ConfigError(flag_reading.unknown(name, values, known))
    search_flags.read([PROGRAM, *words], values)
    checks.check_idle(search_flags.idle(values))
    return Asked(
        search_flags.given(values),
        search_flags.preset(values),
        search_flags.command([PROGRAM], values),
        search_flags.notices(values),
    )


def _refuse_functions(settings: Mapping[str, object]) -> None:
    """Refuse a function in the place of a reward's text or name."""
    for name in _REWARDS:
        if callable(settings.get(name)):
            raise ConfigError(
                f"{name} is a function, and must be text. A function of your own goes "
                "by a plugin: a file with enas_tf.plugin.reward('mine', function), "
                "then plugin='file.py' and controller_reward='mine'."
            )


def _of_lists() -> frozenset[str]:
    """The flags whose words may be several, with commas between."""
    items = config.settings()
    return frozenset(i.flag for i in items if isinstance(i.field.default, str))


def _written(value: object, may_be_list: bool = False) -> str:
    """`value` as a shell has it."""
    if may_be_list and isinstance(value, list | tuple):
        return ",".join(map(_written, value))
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
