"""The settings of a search's final child, before or without its training."""

import dataclasses
from collections.abc import Mapping
from typing import NamedTuple

from enas_tf.arcs import argument as arc_argument
from enas_tf.command.request import Request
from enas_tf.config import modes
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config, ConfigError
from enas_tf.run import disk, layout

OWN_SIZES = " of the sizes of the search's own child"


class Recipe(NamedTuple):
    """The settings of a training, but for its arc.

    Attributes:
      config: with the sizes that follow from the arcs of the search, and its data.
      of_child: "" or, where the sizes of the training are not known, whose they are.
    """

    config: Config
    of_child: str = ""


def of(request: Request) -> Recipe:
    """The settings of `--mode=train` behind the search of this command.

    A command that only derives, and names no preset, takes those that the search's own
    command would have trained with.
    """
    search, train = request.configs["search"], request.configs["train"]
    named = any(word.lstrip("-").startswith("preset=") for word in request.command)
    begun = request.folder.settings("train", needed=False)
    if modes.MODES[request.mode].begins or named or begun:
        return Recipe(_for_arcs_of(search, train))
    known = _of_search_command(request)
    if known:
        return Recipe(_for_arcs_of(search, config_lib.replace(train, known)))
    own = {name: getattr(search, name) for name in _OF_CHILDREN}
    alike = dataclasses.replace(train, **own)
    return Recipe(_for_arcs_of(search, alike), OWN_SIZES)


def _of_search_command(request: Request) -> Mapping[str, object]:
    """The settings of a training that config.json has; {} if it has none."""
    path = request.folder.path / layout.SETTINGS
    try:
        found = disk.read_json(path).get("train")
    except ConfigError:
        return {}
    found = found if isinstance(found, dict) else {}
    kinds = {
        item.flag: type(item.field.default)
        for item in config_lib.settings()
        if item.section in ("loop", *_OF_CHILDREN) or item.section not in _SECTIONS
    }
    return {k: v for k, v in found.items() if k in kinds and type(v) is kinds[k]}


_SECTIONS = tuple(config_lib.PREFIXES)
_OF_CHILDREN = tuple(
    name
    for name, prefix in config_lib.PREFIXES.items()
    if prefix == config_lib.OWN_PREFIX
)


def _for_arcs_of(search: Config, train: Config) -> Config:
    """`train` for the arcs, and with the data, of `search`."""
    flag = arc_argument.sized_by(search.run.search_for)
    sizes = {flag: config_lib.flat(search)[flag]}
    sizes["child_num_branches"] = search.child.num_branches
    sizes["child_ops"] = search.child.ops
    return config_lib.replace(dataclasses.replace(train, data=search.data), sizes)
