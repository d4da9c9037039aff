"""Refuses folders whose weights nothing can begin with (--warm_start).

No TensorFlow, as in command/request.py.
"""

import os
import pathlib

from enas_tf.config import modes
from enas_tf.config.sections import ConfigError, RunConfig
from enas_tf.run import record as run_record
from enas_tf.run import warm_origin
from enas_tf.run.folder import RunFolder


def stage_of(run: RunConfig, own: RunFolder) -> str:
    """The stage of the folder whose weights are taken, "search" or "train".

    A search begins with those of a search, and a training with those of a training, or
    of a search where the folder has no training, or is the run's own.
    """
    if "search" in modes.MODES[run.mode].stages:
        return "search"
    if goes_on(run, own):
        return warm_origin.stage(own, "train")
    if not os.path.isdir(run.warm_start):  # which is refused later
        return "train"
    folder, is_own = RunFolder(run.warm_start), is_output(run, own)
    searched, trained = map(folder.has_checkpoint, ("search", "train"))
    return "search" if searched and (is_own or not trained) else "train"


def goes_on(run: RunConfig, own: RunFolder) -> bool:
    """Whether the command needs the folder no more: its stage has saved something."""
    (stage,) = modes.MODES[run.mode].stages
    return own.has_checkpoint(stage) and not run.reset_output_dir


def is_output(run: RunConfig, own: RunFolder) -> bool:
    """Whether the folder is the --output_dir itself."""
    return pathlib.Path(os.path.realpath(own.path)) == pathlib.Path(run.warm_start)


def refuse_own(run: RunConfig, own: RunFolder, stage: str) -> None:
    """Refuse the --output_dir itself, but for the training of its own search.

    Raises:
      ConfigError: as above.
    """
    if not is_output(run, own):
        return
    of_its_search = stage == "search" and run.mode != "search"
    if not of_its_search:
        raise ConfigError(
            f"--warm_start={run.warm_start} is the --output_dir itself. Choose another "
            "--output_dir for the new run, or leave --warm_start out to go on."
        )
    if run.reset_output_dir:
        raise ConfigError(
            f"--reset_output_dir would remove the search in --warm_start="
            f"{run.warm_start}. Leave it out, or choose another --output_dir."
        )


def refuse_unfit(run: RunConfig, folder: RunFolder, stage: str) -> None:
    """Refuse a folder that is missing, of something else, in use, or not finished.

    Args:
      run: what to do.
      folder: the one of --warm_start.
      stage: of it, see `stage_of`.

    Raises:
      ConfigError: as above.
    """
    name = f"--warm_start={folder.path}"
    wanted = "search" if run.mode == "search" else "training or search"
    if not os.path.isdir(folder.path):  # False also where it may not be looked at
        raise ConfigError(
            f"{name} is no folder: it must be the --output_dir of a finished {wanted}. "
            "Check the path."
        )
    _refuse_damaged(folder, name)
    if not folder.made_here() or not folder.has_checkpoint(stage):
        raise ConfigError(
            f"{name} holds no {wanted} of this program: it must be the --output_dir of "
            "one. Name another folder."
        )
    if warm_origin.is_in_use(folder.path):
        raise ConfigError(
            f"{name} is in use by another process, which may write there. Wait for its "
            "end, or name another folder."
        )
    if stage == "train":
        _refuse_unfinished_training(folder, name)
    else:
        _refuse_unfinished_search(folder, name)


def _refuse_damaged(folder: RunFolder, name: str) -> None:
    """Without its record nothing is known of a run, not even whether it is over."""
    found = run_record.read(folder.path)
    if found.lost if found else run_record.is_damaged(folder.path):
        raise ConfigError(
            f"{name} is damaged: nothing is left of its run.json. Put that file back, "
            "or name another folder."
        )


def _refuse_unfinished_training(folder: RunFolder, name: str) -> None:
    tested = folder.tested_epochs()
    if tested < folder.settings("train").get("num_epochs", 1):
        raise ConfigError(
            f"{name} holds a training that is not finished. Run --mode=train with "
            "that --output_dir first."
        )


def _refuse_unfinished_search(folder: RunFolder, name: str) -> None:
    if folder.facts("search").get("told") is True:
        raise ConfigError(
            f"{name} holds a search whose arcs another program rewards "
            "(enas_tf.Search.sample): it has no shared weights. Name another folder."
        )
    # It is written when the last epoch ends, or the one at which a callback stopped it.
    if folder.fact("search", "epochs", int) is None:
        raise ConfigError(
            f"{name} holds a search that is not finished. Bring it to its end first by "
            "--mode=search with that --output_dir; where it cannot come to it, leave "
            "--warm_start out."
        )
