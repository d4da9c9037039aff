"""The settings that a stage began with: found again after damage, compared.

They lie in <stage>/config.json, and once more in run.json, under the stage. No
TensorFlow.
"""

import pathlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from enas_tf.config import sections as config_lib
from enas_tf.config.sections import ConfigError
from enas_tf.run import disk, mending
from enas_tf.run import layout as run_layout

KEY = "settings"  # the key in run.json, under the stage
LENGTH = "num_epochs"
NOUNS = dict(search="search", train="training")  # the word for a stage in a sentence

# The sections that a stage's result does not depend on. `derive` is in both: deriving
# anew from a finished search, with other settings, is what --mode=derive is for.
OTHER_SECTIONS = {"search": ("derive",), "train": ("controller", "objective", "derive")}
# The changed setting that is named, of several: from a warm start follow the arc and
# sizes, from the arc the number of layers; the number of epochs may be free to change.
_IN_TURN = {"warm_start": -1, "child_fixed_arc": 0, LENGTH: 2}
_LISTS = ("child_ops",)  # names with commas between them
_FEWEST = 20  # settings that tell a file of ours from another program's


class Found(NamedTuple):
    """The settings of a stage, and the fault of their file.

    Attributes:
      values: {flag name: value}; {} before the stage began.
      fault: of `mending`, or "" if they are from the file.
      disputed: a setting that both have, with different values; "" if there is none.
    """

    values: dict[str, Any]
    fault: str
    disputed: str = ""


class Change(NamedTuple):
    """A setting with another value than before."""

    flag: str
    old: Any
    new: Any


def path(folder: pathlib.Path, stage: str) -> pathlib.Path:
    """The file of a stage's settings."""
    return folder / stage / run_layout.SETTINGS


def find(folder: pathlib.Path, stage: str, copy: object) -> Found:
    """The settings of `stage`, from its file or from `copy`, run.json's.

    A file without a checksum counts where there is no copy: one of an earlier version.
    """
    file = path(folder, stage)
    copied = copy if isinstance(copy, dict) and are_ours(copy) else None
    fault = mending.MISSING
    if file.exists():
        try:
            read = disk.read_sealed(file)
        except disk.Damaged:
            fault = mending.DAMAGED
        else:
            whole = are_ours(read.value) and (read.sealed or _known(read.value))
            vouched = read.sealed or copied in (None, read.value)
            fault = "" if whole and vouched else mending.DAMAGED
    if fault:
        return Found(copied or {}, fault)
    return Found(read.value, "", _disputed(read.value, copied or read.value))


def lost(folder: pathlib.Path, stage: str, fault: str) -> disk.Damaged:
    """The refusal to go on with a stage whose settings are nowhere."""
    return disk.Damaged(
        f"{path(folder, stage)} is {fault}, and run.json has no copy of it: with "
        f"which settings the {NOUNS[stage]} began is not known, so it cannot go on. "
        "Restore that file, begin anew with --reset_output_dir, or choose another "
        "--output_dir."
    )


def mixed(folder: pathlib.Path, stage: str, flag: str) -> disk.Damaged:
    """The refusal to go on where the two places of the settings are of two runs."""
    return disk.Damaged(
        f"{path(folder, stage)} and run.json do not agree on --{flag}: they are of two "
        "runs. Put the right one back; where the first is missing, it is made anew "
        "from run.json."
    )


def are_ours(values: Mapping[str, object]) -> bool:
    """Whether `values` are settings: some are known, and these are of their types."""
    known = [item for item in config_lib.settings() if item.flag in values]
    return len(known) >= _FEWEST and all(_fits(values[i.flag], i) for i in known)


def with_split_seed(begun: dict[str, object]) -> dict[str, object]:
    """Settings with --split_seed: up to 0.1.0 --seed decided how images are split."""
    space = begun.get("search_for", config_lib.RunConfig.search_for)
    if not begun or space not in config_lib.IMAGES:
        return begun
    return {"split_seed": begun.get("seed", 0), **begun}


def changes(
    stage: str, begun: Mapping[str, object], now: config_lib.Config
) -> list[Change]:
    """The settings that change the result and have another value than before.

    The one to be named comes first.
    """
    found = [
        Change(item.flag, old, item.of(now))
        for item in config_lib.settings()
        if item.section not in OTHER_SECTIONS[stage]
        and item.field.metadata["shapes_result"]
        and _meaning(item.flag, old := begun.get(item.flag, item.field.default))
        != _meaning(item.flag, item.of(now))
    ]
    return sorted(found, key=lambda change: _IN_TURN.get(change.flag, 1))


def _meaning(flag: str, value: object) -> object:
    """`value`, alike for all ways to write it: a list of names may have spaces."""
    if flag in _LISTS and isinstance(value, str):
        return [name.strip() for name in value.split(",")]
    return value


def refusal(folder: pathlib.Path, stage: str, change: Change) -> ConfigError:
    """Of a setting that changed, with both values and the remedies."""
    flag, long = change.flag, 60 if change.flag == "child_fixed_arc" else 300
    left_out = change.old == ""  # which must not be given
    old, new = _short(change.old, long), _short(change.new, long)
    remedy = f"Leave --{flag} out" if left_out else f"Give --{flag}={old} again"
    return ConfigError(
        f"--{flag} was {old} when this {NOUNS[stage]} began, and is now "
        f"{new}. {remedy}, begin anew with "
        f"--reset_output_dir, or choose another folder than --output_dir="
        f"{folder}."
    )


def _disputed(values: Mapping[str, object], copy: Mapping[str, object]) -> str:
    """A training that is told to go on for longer keeps that in its file first."""
    names = [item.flag for item in config_lib.settings() if item.flag != LENGTH]
    differ = (name for name in names if values.get(name) != copy.get(name))
    return next(differ, "")


def _known(values: Mapping[str, object]) -> bool:
    """Whether no name is strange, as a flipped bit makes one."""
    return values.keys() <= {item.flag for item in config_lib.settings()}


def _fits(value: object, item: config_lib.Setting) -> bool:
    default = item.field.default
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, int | float)
    meta = item.field.metadata
    # A choice that grows may be one of a plugin that is not here.
    free = meta["grows"] or not meta["choices"]
    return isinstance(value, type(default)) and (free or value in meta["choices"])


def _short(value: object, limit: int) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
