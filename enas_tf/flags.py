"""The command line: one absl flag per setting, and the original's flags besides.

The only module of the package that knows absl flags. It says what the user gave; what
follows from that (presets, stages, checks) is request.py's business. No TensorFlow.
"""

import difflib
import re
import sys
from collections.abc import Sequence
from typing import Any

from absl import flags

from enas_tf import config

FLAGS = flags.FLAGS

HELP_WORDS = ("--help", "-help", "-h", "--helpshort", "--helpfull", "-?", "--?")
HELP = """Efficient Neural Architecture Search in TensorFlow 2.

  python bin/main.py --preset=demo --mode=all   everything, in about two minutes
  python bin/main.py --search_for=macro         a search as published (wants a GPU)
  python bin/main.py --search_for=micro         the same for cells
  python bin/main.py --search_for=rnn           the same for a recurrent cell
  python bin/main.py --child_fixed_arc=ARC      train one architecture

A flag is written --name=value; a boolean one --name or --noname. Defaults are those of
the published macro search; the space, a preset and the stage may set others.
"""

# Flags that the original's scripts pass and that mean nothing here: what they were by
# default, and why they have no effect (reference code: src/cifar10/main.py).
_ONE_PROCESS = "one process computes the whole aggregate (--controller_num_aggregate)"
_NEVER_READ = "the original never read it either"
IGNORED: dict[str, tuple[Any, str]] = {
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

_DEFINE = {
    bool: flags.DEFINE_bool,
    int: flags.DEFINE_integer,
    float: flags.DEFINE_float,
    str: flags.DEFINE_string,
}
_TYPE_IN_WORDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
}


def define(values: flags.FlagValues = FLAGS) -> None:
    """Adds every flag of this program to `values`."""
    _define("preset", "paper", "A whole set of settings: paper, demo, cpu.", values)
    for item in config.settings():
        _define(item.flag, item.field.default, _help(item), values)
    for name, (default, reason) in IGNORED.items():
        _define(name, default, f"Accepted, without effect: {reason}.", values)
    for alias, name in ALIASES.items():
        flags.DEFINE_alias(alias, name, flag_values=values)
    whole = "The controller decides on whole ops, not channels; the only mode there is."
    _define(WHOLE_CHANNELS, True, whole, values)


def parse(argv: Sequence[str], values: flags.FlagValues = FLAGS) -> None:
    """Reads `argv`, the program's name first, into `values`.

    Raises:
      ConfigError: an unknown flag, a value of the wrong type, or a word that is no
        flag.
      SystemExit: with status 0, after help was asked for and printed.
    """
    if any(word in HELP_WORDS for word in argv[1:]):
        print(help_text(values))
        raise SystemExit(0)
    try:
        rest = values(list(argv))[1:]
    except flags.UnrecognizedFlagError as error:
        raise config.ConfigError(_unknown(error.flagname, values)) from None
    except flags.IllegalFlagValueError as error:
        raise config.ConfigError(_wrong_type(str(error), values)) from None
    except flags.Error as error:
        raise config.ConfigError(f"{error}. See --help.") from None
    if rest:
        raise config.ConfigError(
            f"{rest[0]!r} is not a flag: write --name=value, --name or --noname for a "
            'boolean one, and quotes around a value with spaces (--name="0 1 0").'
        )
    if not values[WHOLE_CHANNELS].value:
        raise config.ConfigError(_no_channel_ranges())


def given(values: flags.FlagValues = FLAGS) -> dict[str, Any]:
    """The settings that the user really wrote, {flag name: value}.

    Those that the space searched for does not have are left out, as in `IGNORED`.
    """
    return {
        item.flag: values[item.flag].value
        for item in _written(values)
        if _has_effect(item, values)
    }


def preset(values: flags.FlagValues = FLAGS) -> str | None:
    """The preset's name, None where the user wrote none."""
    return values["preset"].value if values["preset"].present else None


def command(program: str, values: flags.FlagValues = FLAGS) -> list[str]:
    """The command line that was given, each flag one word, ready to be typed again."""
    own = values.flags_by_module_dict()[__name__]
    # An alias has set the flag that it stands for, which says the same.
    words = [f.serialize() for f in own if f.present and f.name not in ALIASES]
    return [sys.executable, program, *words]


def notices(values: flags.FlagValues = FLAGS) -> list[str]:
    """One sentence for each flag that was given and has no effect."""
    reasons = {
        item.flag: f"the {values['search_for'].value} space has no such part"
        for item in _written(values)
        if not _has_effect(item, values)
    }
    reasons |= {name: why for name, (_, why) in IGNORED.items() if values[name].present}
    return [f"--{name} has no effect here: {why}." for name, why in reasons.items()]


def help_text(values: flags.FlagValues = FLAGS) -> str:
    """What `--help` prints: how to begin, then every flag of this program."""
    own = values.flags_by_module_dict()[__name__]
    lines = [f"  --{flag.name}: {flag.help}{_default(flag.default)}" for flag in own]
    return "\n".join([HELP, *sorted(lines)])


def _written(values: flags.FlagValues) -> list[config.Setting]:
    return [item for item in config.settings() if values[item.flag].present]


def _has_effect(item: config.Setting, values: flags.FlagValues) -> bool:
    spaces = item.field.metadata["spaces"]
    return not spaces or values["search_for"].value in spaces


def _define(name: str, default: Any, help: str, values: flags.FlagValues) -> None:
    _DEFINE[type(default)](name, default, help, flag_values=values)


def _help(item: config.Setting) -> str:
    meta = item.field.metadata
    words = [meta["help"]]
    if meta["spaces"]:
        words.append(f"Of the {' and '.join(meta['spaces'])} space only.")
    if meta["choices"]:
        words.append(f"One of {', '.join(meta['choices'])}.")
    if (meta["low"], meta["high"]) != (None, None):
        words.append(config.range_in_words(meta["low"], meta["high"]).capitalize())
        words[-1] += "."
    return " ".join(words)


def _default(value: Any) -> str:
    return "" if value in ("", None) else f" (default: {value})"


def _unknown(name: str, values: flags.FlagValues) -> str:
    own = [flag.name for flag in values.flags_by_module_dict()[__name__]]
    negated = [f"no{name}" for name in own if isinstance(values[name].value, bool)]
    close = difflib.get_close_matches(name, own + negated, n=1)
    hint = f"Did you mean --{close[0]}?" if close else "See --help for all flags."
    return f"--{name} is not a flag. {hint}"


def _wrong_type(message: str, values: flags.FlagValues) -> str:
    """`message` is absl's "flag --NAME=VALUE: what Python said"."""
    found = re.match(r"flag --(\w+)=(.*?): ", message, re.DOTALL)
    if not found:
        return f"{message}. See --help."
    name, value = found.groups()
    allowed = _TYPE_IN_WORDS.get(type(values[name].default), "as --help says")
    return config.refusal(name, value, allowed)


def _no_channel_ranges() -> str:
    # Deviation D14: no ranges of channels.
    return config.refusal(
        WHOLE_CHANNELS,
        False,
        "true: ranges of channels were never published, and the original's code for "
        "them does not build a graph",
        f"Leave --{WHOLE_CHANNELS} out.",
    )
