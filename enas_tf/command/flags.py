"""The command line: one absl flag per setting, and the original's flags besides.

With flag_reading.py the only module of the package that knows absl flags. It gives the
user's flags; presets, stages and checks are request.py's business. No TensorFlow.
"""

import re
import sys
from collections.abc import Sequence
from typing import Any

from absl import flags

from enas_tf.command import flag_reading, help_text, quiet
from enas_tf.config import sections as config

FLAGS = flags.FLAGS

Value = bool | int | float | str  # of a flag
HELP_WORDS = ("--help", "-help", "-h", "--helpshort", "-?", "--?")
FULL_WORDS = ("--helpfull", "-helpfull")
VERSION_WORDS = ("--version", "-version")
_HELP_ABOUT = re.compile(r"--?help=(.*)", re.DOTALL)

# Flags that the original's scripts pass and that mean nothing here: what they were by
# default, and why they have no effect (reference code: src/cifar10/main.py).
_ONE_PROCESS = "one process computes the whole aggregate (--controller_num_aggregate)"
_NEVER_READ = "the original never read it either"
IGNORED: dict[str, tuple[Value, str]] = {
    "data_format": ("NHWC", "TensorFlow picks the memory layout by itself"),
    "child_num_cell_layers": (5, _NEVER_READ),
    "child_block_size": (3, _NEVER_READ),
    "child_filter_size": (5, _NEVER_READ),
    "child_skip_pattern": ("", _NEVER_READ),
    "child_num_aggregate": (1, "a child update is of one batch"),
    "child_num_replicas": (1, "a child update is of one batch"),
    "child_sync_replicas": (False, "a child update is of one batch"),
    "controller_keep_prob": (0.5, _NEVER_READ),
    "controller_lr_dec_rate": (1.0, _NEVER_READ),
    "controller_forwards_limit": (2, _NEVER_READ),
    "controller_use_critic": (False, _NEVER_READ),
    "controller_num_replicas": (1, _ONE_PROCESS),
    "controller_sync_replicas": (False, _ONE_PROCESS),
}

# What the authors' corrected language model (enas_lm) calls settings that all spaces
# share; here they go by the names of the first repository.
ALIASES = {
    "child_batch_size": "batch_size",
    "child_num_train_epochs": "num_epochs",
    "controller_num_layers": "child_num_layers",
    "controller_baseline_dec": "controller_bl_dec",
    "controller_learning_rate": "controller_lr",
    "fixed_arc": "child_fixed_arc",
}

WHOLE_CHANNELS = "controller_search_whole_channels"

_NUMBERS: dict[type, type[flags.ArgumentParser]] = {
    int: flag_reading.Whole,
    float: flag_reading.Number,
}


def define(values: flags.FlagValues = FLAGS) -> None:
    """Adds every flag of this program that is not there yet to `values`."""
    _define("preset", "paper", "A whole set of settings: paper, demo, cpu.", values)
    defaults = config.Config()
    for item in config.settings():
        _define(item.flag, item.of(defaults), _help(item), values)
    for name, (default, reason) in IGNORED.items():
        _define(name, default, f"Accepted, without effect: {reason}.", values)
    for alias, name in ALIASES.items():
        if alias not in values:
            flags.DEFINE_alias(alias, name, flag_values=values)
    whole = "The controller decides on whole ops, not channels; the only mode there is."
    _define(WHOLE_CHANNELS, True, whole, values)


def parse(argv: Sequence[str], values: flags.FlagValues = FLAGS) -> None:
    """Reads `argv`, the program's name first, into `values`.

    Raises:
      ConfigError: an unknown flag, a value of the wrong type, or a word that is no
        flag.
      SystemExit: with status 0, after help or the version was asked for and printed.
    """
    if (asked := _asked_for(argv[1:], values)) is not None:
        quiet.show(asked)
        raise SystemExit(0)
    read(argv, values)


def read(argv: Sequence[str], values: flags.FlagValues) -> None:
    """The same where nobody asks for help."""
    flag_reading.read(argv, values, names=names_of(values))
    if not values[WHOLE_CHANNELS].value:
        raise config.ConfigError(_no_channel_ranges())


def _asked_for(words: Sequence[str], values: flags.FlagValues) -> str | None:
    """The text that a word such as --help asks for; None where none does."""
    for word in words:
        if word in HELP_WORDS:
            return help_text.short(entries(values))
        if word in FULL_WORDS:
            return help_text.full(entries(values))
        if word in VERSION_WORDS:
            return help_text.version()
        if about := _HELP_ABOUT.fullmatch(word):
            return help_text.explain(entries(values), about[1])
    return None


def entries(values: flags.FlagValues) -> list[help_text.Entry]:
    """Every flag of this program for its help: settings in their order, the rest."""
    topics = {"preset": "run"}
    topics |= {item.flag: help_text.topic_of(item) for item in config.settings()}
    topics |= dict.fromkeys(sorted(set(names_of(values)) - set(topics)), "accepted")
    return [
        help_text.Entry(name, topic, values[name].help, _default(name, values))
        for name, topic in topics.items()
    ]


def given(
    values: flags.FlagValues = FLAGS, *, space: str | None = None
) -> dict[str, Any]:
    """The settings that the user really wrote, {flag name: value}.

    Those that the space does not have are left out, as in `IGNORED`; `space` is that of
    the run, where it is known, and otherwise --search_for.
    """
    space = space or str(values["search_for"].value)
    return {
        item.flag: values[item.flag].value
        for item in _written(values)
        if _has_effect(item, space)
    }


def idle(
    values: flags.FlagValues = FLAGS, *, space: str | None = None
) -> dict[str, Any]:
    """The settings that `given` leaves out, because the space does not have them."""
    space = space or str(values["search_for"].value)
    return {
        item.flag: values[item.flag].value
        for item in _written(values)
        if not _has_effect(item, space)
    }


def preset(values: flags.FlagValues = FLAGS) -> str | None:
    """The preset's name, None where the user wrote none."""
    return values["preset"].value if values["preset"].present else None


def command(program: Sequence[str], values: flags.FlagValues = FLAGS) -> list[str]:
    """The command line that was given, each flag one word, ready to be typed again."""
    own = [values[name] for name in names_of(values) if values[name].present]
    # An alias has set the flag that it stands for, which says the same.
    words = [flag.serialize() for flag in own if flag.name not in ALIASES]
    return [sys.executable, *program, *words]


def notices(values: flags.FlagValues = FLAGS, *, space: str | None = None) -> list[str]:
    """One sentence for each flag that was given and has no effect in the `space`."""
    space = space or str(values["search_for"].value)
    reasons = {
        name: f"the {space} space has no such part"
        for name in idle(values, space=space)
    }
    reasons |= {name: why for name, (_, why) in IGNORED.items() if values[name].present}
    return [f"--{name} has no effect here: {why}." for name, why in reasons.items()]


def names_of(values: flags.FlagValues) -> list[str]:
    """The names of this program's flags; absl and TensorFlow have their own."""
    return [flag.name for flag in values.flags_by_module_dict()[__name__]]


def _written(values: flags.FlagValues) -> list[config.Setting]:
    return [item for item in config.settings() if values[item.flag].present]


def _has_effect(item: config.Setting, space: str) -> bool:
    return not item.spaces or space in item.spaces


def _define(name: str, default: Value, help: str, values: flags.FlagValues) -> None:
    if name in values:
        return
    if isinstance(default, bool):
        flags.DEFINE_bool(name, default, help, flag_values=values)
    elif isinstance(default, str):
        flags.DEFINE_string(name, default, help, flag_values=values)
    else:
        parser = _NUMBERS[type(default)]()
        serializer: flags.ArgumentSerializer = flags.ArgumentSerializer()
        flags.DEFINE(parser, name, default, help, values, serializer)


def _help(item: config.Setting) -> str:
    meta = item.field.metadata
    words = [meta["help"]]
    if item.spaces:
        words.append(f"Of the {' and '.join(item.spaces)} space only.")
    if meta["choices"]:
        words.append(f"One of {', '.join(meta['choices'])}.")
    if (meta["low"], meta["high"]) != (None, None):
        words.append(config.range_in_words(meta["low"], meta["high"]).capitalize())
        words[-1] += "."
    return " ".join(words)


def _default(name: str, values: flags.FlagValues) -> Any:
    return "" if name in ALIASES else values[name].default


def _no_channel_ranges() -> str:
    # Deviation D14: no ranges of channels.
    return config.refusal(
        WHOLE_CHANNELS,
        False,
        "true: ranges of channels were never published, and the original's code for "
        "them does not build a graph",
        f"Leave --{WHOLE_CHANNELS} out.",
    )
