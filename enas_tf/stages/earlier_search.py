"""An earlier search as another run begins with it: its weights by name, read only."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from enas_tf.children import shared_weights
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config, ConfigError
from enas_tf.data.dataset import Dataset
from enas_tf.data.images.image_data import ImageData
from enas_tf.data.text.text_data import TextData
from enas_tf.nn.takeover import Labelled, Taken
from enas_tf.run import checkpoint, inherited
from enas_tf.run.folder import RunFolder
from enas_tf.run.report import Report
from enas_tf.run.saves import Saved
from enas_tf.spaces.base import SearchSpace
from enas_tf.stages import assembly, same_data
from enas_tf.stages.space_builders import Data


class EarlierSearch(NamedTuple):
    """A search that was read.

    Attributes:
      source: its folder.
      saved: its last checkpoint.
      config: its settings.
      space: that was searched.
      weights: the shared child's, by name.
    """

    source: RunFolder
    saved: Saved
    config: Config
    space: SearchSpace[Any]
    weights: dict[str, Labelled]


def read(config: Config, data: Dataset) -> EarlierSearch:
    """The search in the folder of --warm_start.

    Args:
      config: of the stage that begins with it.
      data: of that stage.

    Raises:
      ConfigError: its last checkpoint is damaged, or is of images of other sizes.
    """
    source = RunFolder(config.run.warm_start)
    theirs = _config_of(source)
    part = assembly.SPACES[config.run.search_for]
    space = part.space(theirs)
    child = part.shared(space, theirs, _like(data, source))
    try:
        saved = checkpoint.newest(source.checkpoints("search"))
        banks = len(shared_weights.banks(child))
        vectors = {n: v for n, v in saved.values.items() if n.startswith("child_")}
        vectors = {n: v for n, v in vectors.items() if n[len("child_") :].isdecimal()}
        checkpoint.refuse_infinite(vectors)
        if len(vectors) != banks:
            raise ValueError(f"{len(vectors)} vectors of weights, not {banks}")
        weights = shared_weights.labelled(
            child, [vectors[f"child_{number}"] for number in range(banks)]
        )
    except ValueError as error:
        raise ConfigError(
            f"--warm_start={source.path}: its shared weights cannot be used ({error}). "
            "Name data like that search's (channels, size), or repeat it if its "
            "checkpoint is damaged."
        ) from None
    return EarlierSearch(source, saved, theirs, space, weights)


def tell(
    folder: RunFolder,
    stage: str,
    report: Report,
    found: EarlierSearch,
    parts: Mapping[str, Sequence[Taken]],
) -> None:
    """Say what the stage begins with, and record it.

    Args:
      folder: of the run that begins.
      stage: that begins.
      report: gets the lines.
      found: the search.
      parts: by what a part of the network is called, a row for each of its weights.
    """
    for line in inherited.lines(found.source.path, found.saved, parts):
        report.message(line)
    theirs, ours = (
        of.fact(name, same_data.KEY, dict) or {}
        for of, name in ((found.source, "search"), (folder, stage))
    )
    if theirs and theirs.get("checksum") != ours.get("checksum"):
        report.message("Note: that search had other data. An answer is taken for the")
        report.message("one of the same number; test data may have been searched on.")
    rows = [row for part in parts.values() for row in part]
    inherited.keep(folder, stage, "search", found.saved, rows)


def _config_of(source: RunFolder) -> Config:
    """The settings of the search; those that this version does not know left out."""
    known = {item.flag for item in config_lib.settings()}
    begun = source.settings("search")
    return config_lib.replace(
        Config(), {flag: value for flag, value in begun.items() if flag in known}
    )


def _like(data: Dataset, source: RunFolder) -> Data:
    """`data` with as many answers as the data of the search had, where it is known."""
    facts = source.fact("search", same_data.KEY, dict) or {}
    count = facts.get("classes")
    names = ("",) * (count if isinstance(count, int) else data.num_answers)
    if isinstance(data, ImageData):
        return dataclasses.replace(data, class_names=names)
    if isinstance(data, TextData):
        return dataclasses.replace(data, vocabulary=names)
    raise ConfigError(
        f"--warm_start={source.path} is a search, and none is of data like these. "
        "Name a training, or train without --warm_start."
    )
