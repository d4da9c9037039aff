"""What a spec or a table names: "module:name", or the thing itself.

A name is looked for without importing its module, which may import TensorFlow, and is
loaded where it is needed.
"""

import ast
import importlib
import importlib.util
import pathlib
import re
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

from enas_tf.config.errors import ConfigError

_FORM = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*):([^\W\d]\w*)")


def wrong(reference: object) -> str:
    """Why `reference` cannot be loaded, in words; "" where nothing speaks against it.

    Nothing is imported. Whether a module has a name is read from its source.
    """
    if not isinstance(reference, str):
        return ""
    form = _FORM.fullmatch(reference)
    if form is None:
        return f"{reference!r} is not of the form 'module:name'"
    module, name = form.groups()
    if hasattr(sys.modules.get(module), name):
        return ""
    spec = _found(module)
    if spec is None:
        return f"there is no module {module}, which {reference!r} names"
    if not _may_have(spec, name):
        return f"the module {module} has no {name}, which {reference!r} names"
    return ""


def load(reference: object) -> Any:
    """The object that `reference` names, or is.

    `Any`, because it is what the field's description says: the reader annotates it.

    Raises:
      ConfigError: there is no such module or name, or it cannot be imported.
    """
    if not isinstance(reference, str):
        return reference
    if reason := wrong(reference):
        raise ConfigError(f"{reference} cannot be loaded: {reason}.")
    module, _, name = reference.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        words = " ".join(str(error).split())
        raise ConfigError(f"{reference} cannot be loaded: {words}.") from error


def _found(module: str) -> ModuleSpec | None:
    """Where `module` is, without importing the packages that it lies in."""
    loaded = getattr(sys.modules.get(module), "__spec__", None)
    if loaded is not None:
        return loaded
    package, _, _ = module.rpartition(".")
    try:
        if module == "__main__":  # a script has no spec
            file = getattr(sys.modules[module], "__file__", None)
            return ModuleSpec(module, None, origin=file)
        if not package:
            return importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return None
    above = _found(package)
    places = above.submodule_search_locations if above else None
    return PathFinder.find_spec(module, places) if places is not None else None


def _may_have(spec: ModuleSpec, name: str) -> bool:
    """Whether the module's source gives that name, or cannot tell."""
    path = pathlib.Path(spec.origin or "")
    if path.suffix != ".py" or not path.is_file():
        return True
    try:
        nodes = list(ast.walk(ast.parse(path.read_bytes())))
    except SyntaxError:  # which its import will tell
        return True
    given = {word for node in nodes for word in _given(node)}
    return not given.isdisjoint({name, "*", "__getattr__"})


def _given(node: ast.AST) -> Iterator[str]:
    """The names that `node` gives to something, at whatever depth it stands."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.partition(".")[0]
