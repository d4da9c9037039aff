"""Imports the plugins that --plugin names: files of the user's, or installed ones.

Before anything is asked of the flags, for a plugin may bring some. What is wrong with
one is said in one line with its place. Nothing is ever imported from a run's folder
unless the user names it.
"""

import contextlib
import os
import sys
import textwrap
import traceback
import types
from collections.abc import Iterator

from enas_tf.command import interrupts, plugin_sources, quiet
from enas_tf.command.plugin_sources import Source
from enas_tf.config import rewards
from enas_tf.config.errors import ConfigError
from enas_tf.config.spaces import registry
from enas_tf.run.plugins import Plugin
from enas_tf.spaces import op_rows

_LONGEST = 400  # characters of a reason
# By place and text: what was imported in this process. None while it is imported.
_LOADED: dict[tuple[str, bytes], Plugin | None] = {}


def load(names: str) -> tuple[Plugin, ...]:
    """The plugins of --plugin, each imported once in a process.

    Args:
      names: with commas between them; "" for none.

    Raises:
      ConfigError: one is not there, fails, or adds nothing.
    """
    listed = [name.strip() for name in names.split(",")] if names else []
    return tuple(_load(name) for name in dict.fromkeys(listed))


def loaded() -> tuple[Plugin, ...]:
    """All that this process has imported, in that order."""
    return tuple(found for found in _LOADED.values() if found)


def _load(name: str) -> Plugin:
    source = plugin_sources.find(name)
    key = (source.place, source.text)
    if key not in _LOADED:
        _LOADED[key] = None
        try:
            _LOADED[key] = _imported(source)
        finally:
            if _LOADED[key] is None:
                del _LOADED[key]
    found = _LOADED[key]
    if found is None:
        raise ConfigError(
            f"--plugin={name} starts this program while it is imported: leave out of "
            "it what runs bin/main.py."
        )
    return found._replace(name=name)


def _imported(source: Source) -> Plugin:
    """The plugin, run; whatever it raises is a refusal, and leaves nothing."""
    before = _there()
    with _undone_by_errors():
        if error := _error_of(source):
            raise _refusal(source, error) from error
        adds = tuple(thing for thing in _there() if thing not in before)
        if not adds:
            raise ConfigError(
                f"--plugin={source.name} adds nothing: {source.place} must add an op, "
                "a function, a reward or a space by enas_tf.plugin. See "
                "docs/extending.md."
            )
    return Plugin(source.name, source.text, adds)


def _error_of(source: Source) -> Exception | SystemExit | None:
    """What running it raises; TensorFlow, which it may import, is kept quiet."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # as for a command
    with quiet.standard_error(), interrupts.kept():
        try:
            if source.module:
                plugin_sources.import_installed(source)
            else:
                _run(source)
        except (Exception, SystemExit) as error:  # another's code may raise anything
            return error
    return None


def _run(source: Source) -> None:
    """The text that was read and is recorded, not what is in the file by now."""
    module = types.ModuleType(f"enas_tf_plugin_{len(_LOADED)}")
    module.__file__ = source.place
    sys.modules[module.__name__] = module  # where dataclasses look for it
    code = compile(source.text, source.place, "exec")
    exec(code, module.__dict__)


def _there() -> list[str]:
    """Everything that a plugin can add to, in words."""
    found = [f"{t.space} op {name}" for t in op_rows.TABLES for name in t.names]
    found += [f"reward {name}" for name in rewards.REWARDS]
    return found + [f"space {name}" for name in registry.SPECS]


@contextlib.contextmanager
def _undone_by_errors() -> Iterator[None]:
    """If the block fails, what was added in it is taken back."""
    specs, own = dict(registry.SPECS), dict(rewards.REWARDS)
    rows = [table.rows for table in op_rows.TABLES]
    try:
        yield
    except BaseException:
        for table, before in zip(op_rows.TABLES, rows, strict=True):
            table.go_back(before)
        registry.SPECS.clear()
        registry.SPECS.update(specs)
        rewards.REWARDS.clear()
        rewards.REWARDS.update(own)
        raise


def _refusal(source: Source, error: Exception | SystemExit) -> ConfigError:
    line = _line(error, source.place)
    where = f"{source.place}, line {line}" if line else source.place
    words = " ".join(str(error).split()) or "no more is known"
    if isinstance(error, SyntaxError):
        words = f"SyntaxError: {error.msg}"
    elif type(error) not in (ValueError, ConfigError):
        words = f"{type(error).__name__}: {words}"
    words = textwrap.shorten(words, _LONGEST, placeholder=" ...").rstrip(".")
    return ConfigError(
        f"--plugin={source.name} cannot be loaded: {where}: {words}. "
        "Mend the plugin, or leave --plugin out."
    )


def _line(error: Exception | SystemExit, place: str) -> int | None:
    """The last line of the file that the error came through."""
    if isinstance(error, SyntaxError) and error.filename == place:
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return next((f.lineno for f in reversed(frames) if f.filename == place), None)
