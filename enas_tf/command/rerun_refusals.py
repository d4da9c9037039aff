"""What --rerun refuses for what is on the disk: a campaign, damage, a finished rerun,
a plugin with another text. No TensorFlow.
"""

import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from enas_tf.config import modes
from enas_tf.config.sections import ConfigError
from enas_tf.run import commands as run_commands
from enas_tf.run import disk, layout, lines
from enas_tf.run import plugins as run_plugins
from enas_tf.run import record as run_record
from enas_tf.run.folder import RunFolder
from enas_tf.run.plugins import Plugin


def campaign(path: pathlib.Path, written: str) -> None:
    """Refuse the folder of a campaign, or its plan.

    Args:
      path: of what --rerun names.
      written: the same, as the user wrote it.

    Raises:
      ConfigError: as above.
    """
    folder = path if path.is_dir() else path.parent
    is_plan = path.is_dir() or path.name in (layout.PLAN, layout.PLAN_COPY)
    if is_plan and (folder / layout.PLAN).is_file():
        raise ConfigError(
            f"--rerun={written} is a campaign, and --rerun repeats one run. Name a "
            f"folder below its {layout.JOBS}/; a whole campaign is repeated by its "
            "command with another --output_dir."
        )


def read(path: pathlib.Path) -> dict[str, Any]:
    """The object of a run.json.

    Raises:
      Damaged: it is not whole; says which file is, if one is.
    """
    try:
        return disk.read_json(path)
    except disk.Damaged as error:
        copy = path.with_name(layout.COPY)
        remedy = "Restore it, or give the command of the run without --rerun."
        if path.name != layout.COPY and copy.is_file():
            remedy = f"Name its copy: --rerun={lines.shown(copy)}."
        raise disk.Damaged(f"{error} {remedy}") from None


def finished(new: pathlib.Path, count: int) -> None:
    """Refuse to repeat a run in a folder in which it has been repeated.

    Args:
      new: the folder.
      count: of the commands that are to be repeated there.

    Raises:
      ConfigError: as above.
    """
    record = run_record.read(new)
    if record is None:
        return
    ended = {
        str(entry.get("command"))
        for entry in run_commands.of(record.run)
        if entry.get("status") == run_commands.FINISHED
    }
    if len(ended) >= count:
        raise ConfigError(
            f"--output_dir={lines.shown(new)} holds a finished run already. Choose a "
            "new folder."
        )


def other_plugins(
    folder: pathlib.Path, old: Mapping[str, object], here: Sequence[Plugin]
) -> None:
    """Refuse plugins that have another text than when the run was made.

    Args:
      folder: of the old run.
      old: the object of its run.json.
      here: the plugins of this process.

    Raises:
      ConfigError: as above; the file is named.
    """
    run = RunFolder.read_only(folder)
    for stage in modes.STAGES:
        if stage not in run_record.stages(old):
            continue
        for then, now in run_plugins.changed(run, stage, here):
            raise ConfigError(
                f"--plugin={now.name} has another text than when the run of --rerun "
                f"was made: {run_plugins.difference(run, then, now)}. Take the change "
                f"back (the text as it was is {folder / then.file}), or give the "
                "command without --rerun."
            )
