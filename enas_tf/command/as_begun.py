"""What a preset meant when a run began, for a run that goes on with a later version.

The problem: presets become better from version to version. A search that was begun with
`--preset=demo` and goes on with the same command would find other settings, and be
refused for flags that its user never wrote.

The idea: the run knows its settings and its commands. Where a command named the same
preset, a setting that nobody wrote is what it was when the run began.
"""

from collections.abc import Mapping
from typing import Any

from absl import logging

from enas_tf.config import sections as config
from enas_tf.run import commands
from enas_tf.run import settings as run_settings
from enas_tf.run.folder import RunFolder

ARC = "child_fixed_arc"  # no preset decides it


def kept(
    now: config.Config,
    stage: str,
    preset: str,
    given: Mapping[str, object],
    folder: RunFolder,
) -> dict[str, Any]:
    """`given`, with the settings of a stage that goes on as it was begun.

    One line tells of those that the preset has otherwise by now.

    Args:
      now: the settings by the preset as it is now.
      stage: a key of `run_settings.NOUNS`; it has a checkpoint in `folder`.
      preset: the name that the user wrote.
      given: flag name to value, as the user wrote them.
      folder: of the run.
    """
    then = of_preset(folder.run(), folder.settings(stage, needed=False), preset)
    changed = [
        f"--{item.flag}={then[item.flag]}"
        for item in config.settings()
        if item.flag in then and item.flag not in given
        if then[item.flag] != item.of(now)
    ]
    if changed:
        logging.info(
            "The preset %s was another when this %s began, which keeps it: %s",
            preset,
            run_settings.NOUNS[stage],
            " ".join(changed),
        )
    return {**then, **given}


def of_preset(
    run: Mapping[str, object], recorded: Mapping[str, object], preset: str
) -> dict[str, Any]:
    """The settings that `preset` and the defaults decided when a stage began.

    Args:
      run: the object of run.json; {} where there is none.
      recorded: the settings of the stage, {flag: value}.
      preset: its name.

    Returns:
      {flag: value}; {} where no command of the run named `preset`.
    """
    lines = [entry.get("command") for entry in commands.of(run)]
    found = [_words(line) for line in (run.get("command"), *lines)]
    same = [words for words in found if f"--preset={preset}" in words]
    if not recorded or not same:
        return {}
    written = {flag for words in same for flag in map(_flag, words)}
    return {
        item.flag: recorded.get(item.flag, item.field.default)
        for item in config.settings()
        if item.section != "run" and item.flag not in {*written, ARC}
    }


def _words(line: object) -> list[str]:
    """The words of a command; none where the file holds something else."""
    words = line if isinstance(line, list) else []
    return [word for word in words if isinstance(word, str)]


def _flag(word: str) -> str:
    """The setting that a word of a command writes, also as `--noNAME`."""
    name = word.removeprefix("--").partition("=")[0]
    known = {item.flag for item in config.settings()}
    return name if name in known else name.removeprefix("no")
