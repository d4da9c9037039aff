"""A run that begins with weights of an earlier one (--warm_start).

A training goes by the arc, the data and the ops of what it begins with, and by the
sizes of an earlier training: settings that the user did not write are taken over. A
search takes nothing but weights. No TensorFlow, as in command/request.py.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from enas_tf.command import warm_source
from enas_tf.config import modes
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import ConfigError, RunConfig
from enas_tf.run import best_arc
from enas_tf.run import settings as run_settings
from enas_tf.run.folder import RunFolder

ARC = "child_fixed_arc"
# The settings that make the network of a training, beside its arc; another value is
# refused. Of a search any may be another: what does not fit is not taken.
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
# How words are numbered, and stored as vectors: with another number each has the vector
# of another one, in weights of a search as well.
WORDS = ("child_softmax", "child_softmax_cutoffs")
# Which data, unless the user names some; what is in it is compared when it is read.
DATA = ("dataset", "data_path", "data_dir", "image_size", "vocab_size")
# Taken over too, and free to be another: of what the arc's ops are numbered, and how a
# test split is made where a set has none.
_OPS = {"child_num_branches", "child_ops"}
SPLIT = "split_seed"


class Source(NamedTuple):
    """The run whose weights are taken, or were when this one began.

    Attributes:
      stage: whose weights they are, "search" or "train"; "" without --warm_start, and
        where a search begins: it is all as its own flags say.
      settings: of that stage, the arc to train among them; {} where there is none.
    """

    stage: str = ""
    settings: Mapping[str, Any] = {}


def source(run: RunConfig, given: Mapping[str, object], own: RunFolder) -> Source:
    """The run whose weights are taken.

    A run that has a checkpoint goes on without the folder that it began with: its own
    settings say what that was.

    Args:
      run: what to do, and with which folder.
      given: the flags of the user.
      own: the folder of the run.

    Raises:
      ConfigError: the folder holds nothing finished of this space.
    """
    if not run.warm_start or not modes.MODES[run.mode].begins:
        return Source()
    stage = warm_source.stage_of(run, own)
    goes_on = warm_source.goes_on(run, own)
    warm_source.refuse_own(run, own, stage)
    folder = own if goes_on else RunFolder(run.warm_start)
    if not goes_on:
        warm_source.refuse_unfit(run, folder, stage)
    begun = folder.settings("train" if run.mode != "search" and goes_on else stage)
    # What its version did not know yet was as it is by default; before there was
    # --split_seed, --seed decided how images are split.
    known = config_lib.flat(config_lib.Config())
    known |= {"split_seed": begun.get("seed", 0), **begun}
    if known["search_for"] != run.search_for:
        raise _other_space(run, known["search_for"], stage)
    if run.mode == "search":
        return Source()
    if stage == "search" and not goes_on and ARC not in given:
        by_names = bool(known["child_ops"] or "child_ops" in given)
        known[ARC] = _derived(folder, run, by_names=by_names)
    return Source(stage, known)


def _derived(folder: RunFolder, run: RunConfig, *, by_names: bool) -> str:
    """The arc that the search of the folder derived."""
    arc = best_arc.value(folder)
    if by_names:
        arc = best_arc.value_by_names(folder, run.search_for)
    if arc is None:
        raise ConfigError(
            f"--warm_start={run.warm_start} holds a search that has derived no arc. "
            "Give --child_fixed_arc, or run --mode=derive with that --output_dir first."
        )
    return arc


def _other_space(run: RunConfig, space: str, stage: str) -> ConfigError:
    noun = run_settings.NOUNS[stage]
    return ConfigError(
        f"--warm_start={run.warm_start} is a {noun} of the {space} space, "
        f"this one is of the {run.search_for} space. Give "
        f"--search_for={space}, or name another folder."
    )


def fill(
    given: Mapping[str, object], run: RunConfig, source: Source, own: RunFolder
) -> Mapping[str, object]:
    """The flags `given`, and those that follow from the `source`'s settings.

    Where a mode begins nothing, --warm_start has no effect: it is as `own` has it.

    Raises:
      ConfigError: a size was given that is not the network's.
    """
    has = source.settings
    if not run.warm_start:
        return given
    if not modes.MODES[run.mode].begins:
        return {**given, "warm_start": _begun_with(run, own)}
    given = {**given, "warm_start": run.warm_start}  # as `run` has it, a whole path
    if not has:
        return given
    sizes = SIZES if source.stage == "train" else ()
    for flag in (*sizes, *WORDS):
        if given.get(flag, has[flag]) != has[flag]:
            raise _difference(flag, given[flag], has[flag], run)
    if sizes and has["child_ops"] and "child_num_branches" in given:
        words = f"left out beside --child_ops={has['child_ops']}"
        raise _difference("child_num_branches", given["child_num_branches"], words, run)
    data = () if {"dataset", "data_path"} & set(given) else DATA
    wanted = [ARC, *sizes, *WORDS, *(() if _OPS & set(given) else _OPS), SPLIT, *data]
    taken = {flag: has[flag] for flag in wanted if flag not in given}
    return {**given, **taken}


def _begun_with(run: RunConfig, own: RunFolder) -> str:
    """What the stage that the mode looks at was begun with; "" if with nothing."""
    (stage,) = modes.MODES[run.mode].stages
    return str(own.settings(stage, needed=False).get("warm_start", ""))


def refuse_other_arc(arc: str, run: RunConfig, source: Source) -> None:
    """Refuse to train another arc (integers) than that of the training `source`.

    Raises:
      ConfigError: it is another.
    """
    if source.stage == "train" and arc != source.settings[ARC]:
        raise _difference(ARC, arc, source.settings[ARC], run)


def _difference(flag: str, given: object, has: object, run: RunConfig) -> ConfigError:
    return ConfigError(
        config_lib.refusal(
            flag,
            given,
            f"{has}, as the network in --warm_start={run.warm_start} has it",
            f"Leave --{flag} out, or train without --warm_start.",
        )
    )
