"""Begins a training with the weights of another one, or of a search (--warm_start)."""

from typing import Any

from enas_tf.command import warm_source
from enas_tf.command.request import Request
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config, ConfigError
from enas_tf.data.dataset import Dataset
from enas_tf.run import checkpoint, inherited
from enas_tf.run.folder import RunFolder
from enas_tf.run.layout import NamesFile
from enas_tf.run.report import Report
from enas_tf.stages import warm_final
from enas_tf.tasks.final import FinalTask

SHOWN = 3  # of the names that differ


def begin(
    request: Request, report: Report, final: FinalTask[Any], data: Dataset
) -> None:
    """Let a child that begins begin with earlier weights, if it was asked for.

    Args:
      request: of the training that begins.
      report: gets lines on the weights.
      final: the child.
      data: that it is trained on.

    Raises:
      ConfigError: its network answers in other classes or words, or does not fit.
    """
    config, folder = request.configs["train"], request.folder
    if not config.run.warm_start:
        inherited.forget(folder, "train")
    elif warm_source.stage_of(config.run, folder) == "search":
        warm_final.take_over(request, report, final, data)
    else:
        _load_weights(request, report, final)


def _load_weights(request: Request, report: Report, final: FinalTask[Any]) -> None:
    config = request.configs["train"]
    source = RunFolder(config.run.warm_start)
    _refuse_other_names(source, final.names_file, list(final.names))
    try:
        saved = checkpoint.copy(source.checkpoints("train"), final.warm)
    except ValueError as error:
        raise ConfigError(
            f"--warm_start={source.path}: its weights are not those of this network "
            f"({error}). {final.fits}; or repeat its --mode=train if it is damaged."
        ) from None
    inherited.refuse_other(request.folder, "train", saved)
    inherited.keep(request.folder, "train", "train", saved, [])
    final.warm_started()
    report.message(f"Begins with the weights of {source.path}.")
    _warn_of_split(config, source, report)


def _refuse_other_names(
    source: RunFolder, names_file: NamesFile, ours: list[str]
) -> None:
    path = source.final / names_file.file
    try:
        theirs = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise ConfigError(
            f"--warm_start={source.path}: {path} cannot be read, which says what the "
            "network answers. Write it with --mode=export and that --output_dir."
        ) from None
    if theirs != ours:
        what = names_file.answers
        raise ConfigError(
            f"--warm_start={source.path}: its network has the {len(theirs)} {what} "
            f"{_some(theirs, ours)}, this data {len(ours)}: {_some(ours, theirs)}. "
            f"Name data with the same {what} in the same order."
        )


def _some(names: list[str], others: list[str]) -> str:
    """A few of `names`, those that the others lack if there are such."""
    own = [name for name in names if name not in set(others)] or names
    more = ", ..." if len(own) > SHOWN else ""
    return ", ".join(own[:SHOWN]) + more


def _warn_of_split(config: Config, source: RunFolder, report: Report) -> None:
    begun = source.settings("train")
    theirs = begun.get("split_seed", begun.get("seed", 0))
    of_images = config.run.search_for in config_lib.IMAGES
    if of_images and theirs != config.data.split_seed:
        report.message(f"Note: --split_seed was {theirs} there. Where a set has no")
        report.message("test split, test images of this run were trained on there.")
