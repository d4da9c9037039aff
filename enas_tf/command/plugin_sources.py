"""Where a plugin is: a Python file, or a module that an installed package names."""

import importlib
import importlib.util
import os
import pathlib
from importlib import metadata
from typing import NamedTuple

from enas_tf.config import errors
from enas_tf.config.errors import ConfigError

GROUP = "enas_tf.plugins"


class Source(NamedTuple):
    """A plugin before it is imported.

    Attributes:
      name: as the user names it.
      place: its file; of a package that of its `__init__`.
      text: of the file; of a package the texts of all its files, one after the other.
      module: to import; "" of a user's own file.
    """

    name: str
    place: str
    text: bytes
    module: str = ""


def find(name: str) -> Source:
    """The plugin of that name; a name that ends in .py is a file.

    Raises:
      ConfigError: there is none, or it cannot be read.
    """
    if name.endswith(".py"):
        path = os.path.realpath(os.path.expanduser(name))
        return Source(name, path, _read(name, pathlib.Path(path)))
    installed = {entry.name: entry for entry in metadata.entry_points(group=GROUP)}
    if name not in installed:
        listed = ", ".join(sorted(installed)) or "there are none"
        allowed = f"a file that ends in .py or an installed plugin ({listed})"
        raise ConfigError(errors.refusal("plugin", name, allowed))
    return _installed(name, installed[name].module)


def import_installed(source: Source) -> None:
    """Import the module of an installed plugin."""
    importlib.import_module(source.module)


def _installed(name: str, module: str) -> Source:
    try:
        spec = importlib.util.find_spec(module)
    except ImportError:
        spec = None
    if spec is None or not spec.origin or not os.path.isfile(spec.origin):
        raise ConfigError(
            f"--plugin={name} cannot be loaded: its package names the module {module}, "
            "which has no file. Install the package again."
        )
    place = pathlib.Path(spec.origin)
    files = [place]
    if spec.submodule_search_locations:
        files = sorted(place.parent.rglob("*.py"))
    text = b"".join(_read(name, file) for file in files)
    return Source(name, str(place), text, module)


def _read(name: str, path: pathlib.Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        allowed = f"a Python file that can be read ({reason})"
        remedy = "Correct its path."
        raise ConfigError(errors.refusal("plugin", name, allowed, remedy)) from None
