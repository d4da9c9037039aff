"""Where a plugin is: a Python file, or a module that an installed package names."""

import importlib
import importlib.util
import os
import pathlib
from importlib import metadata
from importlib.machinery import ModuleSpec, PathFinder
from typing import NamedTuple

from enas_tf.config import errors
from enas_tf.config.errors import ConfigError

GROUP = "enas_tf.plugins"


class Source(NamedTuple):
    """A plugin before it is imported.

    Attributes:
      name: as the user names it.
      place: its file; of a package that of its `__init__`.
      text: of the file; of a module in a package the texts of all files of the
        outermost package, one after the other, since it may import any of them.
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
    chain = _specs(module)
    place = chain[-1].origin if chain else None
    if not place or not os.path.isfile(place):
        raise ConfigError(
            f"--plugin={name} cannot be loaded: its package names the module {module}, "
            "which has no file. Install the package again."
        )
    text = b"".join(_read(name, file) for file in _files(chain))
    return Source(name, place, text, module)


def _specs(module: str) -> list[ModuleSpec]:
    """Those of the packages around a module and its own; [] where one is not there.

    Nothing is imported, for a package may add something while it is.
    """
    top, *parts = module.split(".")
    try:
        found = [importlib.util.find_spec(top)]
    except (ImportError, ValueError):
        return []
    for part in parts:
        inside = found[-1].submodule_search_locations if found[-1] else None
        full = f"{found[-1].name}.{part}" if found[-1] else ""
        found.append(PathFinder.find_spec(full, inside) if inside else None)
    specs = [spec for spec in found if spec]
    return specs if len(specs) == len(found) else []


def _files(chain: list[ModuleSpec]) -> list[pathlib.Path]:
    """All Python files of the outermost package that has an `__init__`."""
    outermost = next(spec for spec in chain if spec.origin)
    place = pathlib.Path(str(outermost.origin))
    if outermost.submodule_search_locations:
        return sorted(place.parent.rglob("*.py"))
    return [place]


def _read(name: str, path: pathlib.Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        allowed = f"a Python file that can be read ({reason})"
        remedy = "Correct its path."
        raise ConfigError(errors.refusal("plugin", name, allowed, remedy)) from None
