"""A training that begins with the weights of another one (--warm_start).

The network must be the same, so settings that the user did not write are taken
over. No TensorFlow, as in command/request.py.
"""

import os
import pathlib
from collections.abc import Mapping
from typing import Any

from enas_tf.config import sections as config_lib
from enas_tf.config.sections import ConfigError, RunConfig
from enas_tf.run.folder import RunFolder

ARC = "child_fixed_arc"
# The settings that make the network, beside its arc; another value is refused.
SIZES = (
    "child_num_layers",
    "child_num_cells",
    "child_out_filters",
    "child_out_filters_scale",
    "child_plain_separable",
    "child_use_aux_heads",
    "child_hidden_size",
    "child_average",
)
# Which data, unless the user names some; what is in it is compared when it is read.
DATA = ("dataset", "data_path", "data_dir", "image_size", "vocab_size")
# Taken over too, and free to be another: of what the arc's ops are numbered, and how a
# test split is made where a set has none.
ALSO = ("child_num_branches", "child_ops", "split_seed")


def source(run: RunConfig, own: RunFolder) -> dict[str, Any]:
    """The settings of the training whose weights are taken; {} without --warm_start.

    A run that has a checkpoint goes on without the folder that it began with: its own
    settings say what that was.

    Raises:
      ConfigError: the folder holds no finished training of this space.
    """
    if not run.warm_start:
        return {}
    goes_on = own.has_checkpoint("train") and not run.reset_output_dir
    folder = own if goes_on else RunFolder(run.warm_start)
    _refuse_own(run, own)
    if not goes_on:
        _refuse_unfinished(folder)
    begun = folder.settings("train")
    # What its version did not know yet was as it is by default; before there was
    # --split_seed, --seed decided how images are split.
    known = config_lib.flat(config_lib.Config())
    known |= {"split_seed": begun.get("seed", 0), **begun}
    if known["search_for"] != run.search_for:
        raise ConfigError(
            f"--warm_start={run.warm_start} is a training of the "
            f"{known['search_for']} space, this one is of the {run.search_for} space. "
            f"Give --search_for={known['search_for']}, or name another folder."
        )
    return known


def fill(
    given: Mapping[str, object], run: RunConfig, has: Mapping[str, object]
) -> Mapping[str, object]:
    """The flags `given`, and those that follow from the `source`'s settings.

    Raises:
      ConfigError: a size was given that is not the network's.
    """
    if not has:
        return given
    for flag in SIZES:
        if given.get(flag, has[flag]) != has[flag]:
            raise _difference(flag, given[flag], has[flag], run)
    if has["child_ops"] and "child_num_branches" in given:
        words = f"left out beside --child_ops={has['child_ops']}"
        raise _difference("child_num_branches", given["child_num_branches"], words, run)
    data = () if {"dataset", "data_path"} & set(given) else DATA
    wanted = [ARC, *SIZES, *ALSO, *data]
    taken = {flag: has[flag] for flag in wanted if flag not in given}
    return {**given, **taken, "warm_start": run.warm_start}


def refuse_other_arc(arc: str, run: RunConfig, has: Mapping[str, object]) -> None:
    """Refuse to train another arc (integers) than that of the `source`.

    Raises:
      ConfigError: it is another.
    """
    if has and arc != has[ARC]:
        raise _difference(ARC, arc, has[ARC], run)


def _refuse_own(run: RunConfig, own: RunFolder) -> None:
    if pathlib.Path(os.path.realpath(own.path)) == pathlib.Path(run.warm_start):
        raise ConfigError(
            f"--warm_start={run.warm_start} is the --output_dir itself. Choose another "
            "--output_dir for the new run, or leave --warm_start out to go on."
        )


def _refuse_unfinished(folder: RunFolder) -> None:
    name = f"--warm_start={folder.path}"
    if not os.path.isdir(folder.path):  # False also where it may not be looked at
        raise ConfigError(
            f"{name} is no folder: it must be the --output_dir of a finished training. "
            "Check the path."
        )
    if not folder.made_here() or not folder.has_checkpoint("train"):
        raise ConfigError(
            f"{name} holds no training of this program: it must be the --output_dir of "
            "one. Name another folder."
        )
    tested = folder.tested_epochs()
    if tested < folder.settings("train").get("num_epochs", 1):
        raise ConfigError(
            f"{name} holds a training that is not finished. Run --mode=train with "
            "that --output_dir first."
        )


def _difference(flag: str, given: object, has: object, run: RunConfig) -> ConfigError:
    return ConfigError(
        config_lib.refusal(
            flag,
            given,
            f"{has}, as the network in --warm_start={run.warm_start} has it",
            f"Leave --{flag} out, or train without --warm_start.",
        )
    )
