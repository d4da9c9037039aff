"""Refuses to go on without the plugins that a run began with, or with other texts.

Before the run's settings are used, which without them might not be known. A prediction
needs none: an export is of stock Keras layers. No TensorFlow.
"""

import shlex
from collections.abc import Mapping, Sequence

from enas_tf.command import same_ops
from enas_tf.config import modes, rewards, sections
from enas_tf.config.sections import Config, ConfigError, RunConfig
from enas_tf.run import ops as run_ops
from enas_tf.run import plugins as run_plugins
from enas_tf.run.folder import RunFolder
from enas_tf.run.plugins import Kept, Plugin

# In place of settings to which a plugin may have given a meaning.
_OF_EVERY_SPACE = dict(
    child_ops="", child_num_branches=1, controller_reward=rewards.AUTO
)


def refuse_other(
    run: RunConfig,
    given: Mapping[str, object],
    folder: RunFolder,
    plugins: Sequence[Plugin],
    command: Sequence[str],
) -> None:
    """Hold the stages that the command goes by against its plugins.

    Args:
      run: what to do, and with which folder.
      given: the flags of the user.
      folder: of the run.
      plugins: that are here.
      command: the command line.

    Raises:
      ConfigError: a stage began with a plugin that is not here, or has another text.
    """
    if run.mode == "predict":
        return
    own = modes.MODES[run.mode].stages
    for stage in same_ops.stages(run, given, folder):
        lacks = run_plugins.missing(folder, stage, plugins)
        if stage not in own:  # a training that takes the arc of a search
            lacks = [old for old in lacks if any(" op " in one for one in old.adds)]
        if lacks:
            raise _missing(folder, stage, lacks, command)


def without_theirs(config: Config) -> Config:
    """The settings to check: of a prediction without those that a plugin may give."""
    if config.run.mode != "predict":
        return config
    return sections.replace(config, _OF_EVERY_SPACE)


def _missing(
    folder: RunFolder, stage: str, lacks: Sequence[Kept], command: Sequence[str]
) -> ConfigError:
    names = ", ".join(old.name for old in lacks)
    plural = "s" if len(lacks) > 1 else ""
    return ConfigError(
        f"{run_ops.subject(folder, stage)} began with the plugin{plural} {names}, "
        f"without which it cannot go on. Go on with: {_with(command, lacks)}"
    )


def _with(command: Sequence[str], lacks: Sequence[Kept]) -> str:
    """The command line with those plugins as well."""
    flag = "--plugin="
    given = [w.removeprefix(flag) for w in command if w.startswith(flag)]
    names = [*given[-1:], *(old.name for old in lacks)]
    words = [word for word in command if not word.startswith(flag)]
    return shlex.join([*words, flag + ",".join(names)])
