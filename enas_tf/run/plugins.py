"""The plugins that a stage began with: their digests in run.json, copies beside it.

The problem: a plugin is code. A run that went on with another text of it could mean
other ops by the same names, and nobody would see it. The copies are for reading, and
are never run unless the user names one. No TensorFlow.
"""

import hashlib
import pathlib
from collections.abc import Sequence
from typing import NamedTuple

from enas_tf.config.sections import ConfigError
from enas_tf.run import disk, layout
from enas_tf.run import ops as run_ops
from enas_tf.run.folder import RunFolder

KEY = "plugins"  # in what run.json says of a stage
_SHORT = 12  # digits of a digest in names and messages


class Plugin(NamedTuple):
    """One plugin.

    Attributes:
      name: as the user names it, a file or an installed plugin.
      text: what was run.
      adds: what it added, such as `macro op dilated3x3`.
    """

    name: str
    text: bytes
    adds: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text).hexdigest()

    @property
    def file(self) -> str:
        """The name of the copy in a run's folder."""
        stem = pathlib.PurePath(self.name).name.removesuffix(".py")
        return f"{layout.PLUGINS}/{stem}-{self.digest[:_SHORT]}.py"


class Kept(NamedTuple):
    """What run.json says of a plugin; see `Plugin`."""

    name: str
    digest: str
    file: str
    adds: tuple[str, ...]


def keep(folder: RunFolder, stage: str, plugins: Sequence[Plugin]) -> None:
    """Record those that a stage begins with, and write copies of their texts."""
    if not folder.has_checkpoint(stage) and (plugins or kept(folder, stage)):
        rows = [
            dict(name=p.name, sha256=p.digest, file=p.file, adds=list(p.adds))
            for p in plugins
        ]
        folder.record(stage, **{KEY: rows})
    for plugin in plugins:
        path = folder.path / plugin.file
        if folder.writable and not _is_of(path, plugin.text):
            with disk.refusals(path):
                path.parent.mkdir(parents=True, exist_ok=True)
            disk.write_text(path, plugin.text.decode(errors="replace"))


def kept(folder: RunFolder, stage: str) -> list[Kept]:
    """The plugins that the stage began with; what is no such row is left out."""
    found = []
    for row in folder.fact(stage, KEY, list) or []:
        values = row if isinstance(row, dict) else {}
        words = [values.get(key) for key in ("name", "sha256", "file")]
        adds = values.get("adds")
        if all(isinstance(word, str) for word in words) and isinstance(adds, list):
            name, digest, file = map(str, words)
            found.append(Kept(name, digest, file, tuple(map(str, adds))))
    return found


def missing(folder: RunFolder, stage: str, plugins: Sequence[Plugin]) -> list[Kept]:
    """Those that the stage began with and that are not here, in no text.

    Raises:
      ConfigError: one is here with another text.
    """
    for old, now in changed(folder, stage, plugins):
        raise _changed(folder, stage, old, now)
    return _absent(folder, stage, plugins)


def changed(
    folder: RunFolder, stage: str, plugins: Sequence[Plugin]
) -> list[tuple[Kept, Plugin]]:
    """Those that the stage began with and that are here with another text."""
    return [
        (old, plugin)
        for old in _absent(folder, stage, plugins)
        for plugin in plugins
        if _base(plugin.name) == _base(old.name)
    ]


def difference(folder: RunFolder, old: Kept, now: Plugin) -> str:
    """How the text has changed, as far as the folder can tell."""
    path = folder.path / old.file
    where = ""
    if _is_whole(path, old.digest):
        where = f"{_first_change(path.read_bytes(), now.text)}; "
    return (
        f"{where}its SHA-256 was {old.digest[:_SHORT]}..., and is now "
        f"{now.digest[:_SHORT]}..."
    )


def _absent(folder: RunFolder, stage: str, plugins: Sequence[Plugin]) -> list[Kept]:
    here = {plugin.digest for plugin in plugins}
    return [old for old in kept(folder, stage) if old.digest not in here]


def _changed(folder: RunFolder, stage: str, old: Kept, now: Plugin) -> ConfigError:
    begun = f"{run_ops.subject(folder, stage)} began with another text of {now.name}"
    path = folder.path / old.file
    return ConfigError(
        f"{begun}: {difference(folder, old, now)}. Take the change back, go on with "
        f"the copy --plugin={path}, or name another folder."
    )


def _first_change(then: bytes, now: bytes) -> str:
    """`line 3 was '...'`."""
    old, new = (text.decode(errors="replace").splitlines() for text in (then, now))
    pairs = enumerate(zip([*old, ""], [*new, ""], strict=False), start=1)
    number, line = next((n, before) for n, (before, after) in pairs if before != after)
    return f"line {number} was {line.strip()[:60]!r}"


def _base(name: str) -> str:
    """The name without its folder: the file may have been moved."""
    return pathlib.PurePath(name).name


def _is_of(path: pathlib.Path, text: bytes) -> bool:
    return path.is_file() and path.read_bytes() == text


def _is_whole(path: pathlib.Path, digest: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest
