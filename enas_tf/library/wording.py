"""Refusals in the words of a Python program: keywords in the place of flags."""

import functools
import re

from enas_tf.command import flags as search_flags
from enas_tf.config import sections as config_lib

_FLAG = re.compile(r"(Change )?--(\w+)(=?)")
# What is no keyword of its own, for there is a method.
_METHODS = {
    "--mode=train": "Result.train",
    "--mode=search": "Search.run",
    "--mode=all": "Search.run, then Result.train",
    "See --help for all flags.": "help(enas_tf.Search) says where all are listed.",
    "is not a flag": "is not a setting",
}
_NAMES = dict(search_for="space")


def of_python(message: str) -> str:
    """`message` with `name=value` for each `--name=value` of a setting.

    A flag that is on or off, named alone, is `name=True` or `name=False`, unless it is
    to be changed.
    """
    for ours, theirs in _METHODS.items():
        message = message.replace(ours, theirs)
    return _FLAG.sub(_keyword, message)


def _keyword(found: re.Match[str]) -> str:
    change, name, sign = found.groups(default="")
    kinds = _kinds()
    if name in kinds:
        alone = "=True" if kinds[name] is bool and not sign and not change else sign
        return f"{change}{_NAMES.get(name, name)}{alone}"
    positive = name.removeprefix("no")
    if kinds.get(positive) is bool:
        return f"{change}{positive}=False"
    # The name of a keyword that there is not, or something of the shell's.
    return found[0] if name in ("help", "flagfile") else f"{change}{name}{sign}"


def _kinds() -> dict[str, type]:
    """The type of each setting's value, by its flag."""
    return {
        **_of_others(),
        **{item.flag: type(item.field.default) for item in config_lib.settings()},
    }


@functools.cache
def _of_others() -> dict[str, type]:
    """The same of flags that are no settings."""
    accepted = {name: type(value) for name, (value, _) in search_flags.IGNORED.items()}
    return {**accepted, "preset": str}
