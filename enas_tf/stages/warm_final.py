"""Begins a final child with the shared weights of a search, under its arc.

A weight is taken where the shared child has one that does the same, in an equal shape.
Moving averages of batch normalisation are no weights of a shared child (D10): they
begin as usual, and follow within some ten steps of training.
"""

from typing import Any

import numpy as np

from enas_tf.children import inherit
from enas_tf.children.inherit import Final
from enas_tf.command.request import Request
from enas_tf.config.sections import Config, ConfigError
from enas_tf.data.dataset import Dataset
from enas_tf.nn import takeover
from enas_tf.nn.takeover import Labelled, Taken, TakenOver
from enas_tf.run import inherited
from enas_tf.run.folder import RunFolder
from enas_tf.run.report import Report
from enas_tf.stages import assembly, earlier_search
from enas_tf.stages.earlier_search import EarlierSearch
from enas_tf.tasks.final import FinalTask

NOT_SHARED = "without a counterpart in the shared child"


def take_over(
    request: Request, report: Report, final: FinalTask[Any], data: Dataset
) -> None:
    """Write what fits into the child's weights; tell of it and record it.

    Args:
      request: of the training that begins.
      report: gets the list, in short.
      final: the child.
      data: that it is trained on.

    Raises:
      ConfigError: the search's weights cannot be read, or none fits.
    """
    config, folder = request.configs["train"], request.folder
    found = earlier_search.read(config, data)
    inherited.refuse_other(folder, "train", found.saved)
    weights = final.named_weights()
    first = {path: weight.numpy() for path, weight in weights.items()}
    made = _values(request, config, found, first)
    if not any(row.numbers for row in made.taken):
        raise _nothing(config, found.source, made.taken)
    for path, weight in weights.items():
        weight.assign(made.values[path])
    earlier_search.tell(folder, "train", report, found, {"final child": made.taken})


def _values(
    request: Request,
    config: Config,
    found: EarlierSearch,
    first: dict[str, np.ndarray],
) -> TakenOver:
    """The weights by path: those of the search where they fit."""
    part = assembly.SPACES[config.run.search_for]
    if part.inherit is None:
        raise ConfigError(
            f"--warm_start={found.source.path} is a search, and the space "
            f"{config.run.search_for} does not say which weights of a final child are "
            "which of the shared one (SpaceSpec.inherit). Name a training, or train "
            "without --warm_start."
        )
    views = {name: one.value for name, one in found.weights.items()}
    arc = assembly.fixed_arc(request).arc
    asked = Final(arc, part.space(config).ops, list(first))
    pairs = part.inherit(asked, views, found.space)
    there = {
        path: Labelled(inherit.fitted(pairs[path], own.shape))
        for path, own in first.items()
        if path in pairs
    }
    here = {path: Labelled(own) for path, own in first.items()}
    return takeover.take(there, here, missing=NOT_SHARED)


def _nothing(config: Config, source: RunFolder, taken: list[Taken]) -> ConfigError:
    begun = source.settings("search")
    sizes = {
        "child_out_filters": config.child.out_filters,
        "child_hidden_size": config.rnn.hidden_size,
    }
    other = (flag for flag, own in sizes.items() if begun.get(flag, own) != own)
    flag = next(other, "")
    remedy = f"Give --{flag}={begun.get(flag)}, as the search has it."
    if not flag:
        remedy = "Train without --warm_start."
    why = next((row.detail for row in taken if row.detail), NOT_SHARED)
    return ConfigError(
        f"--warm_start={source.path}: none of the {len(taken)} weights of this network "
        f"can be taken from that search (the first: {why}). {remedy}"
    )
