"""The plugins of a finished run, without which a Python program cannot read it."""

import os
from collections.abc import Sequence

from enas_tf.command import plugins
from enas_tf.config.sections import ConfigError
from enas_tf.run import ops as run_ops
from enas_tf.run import plugins as run_plugins
from enas_tf.run.folder import RunFolder
from enas_tf.run.plugins import Kept, Plugin

Named = str | os.PathLike | Sequence[str | os.PathLike]


def settings_of(folder: RunFolder, named: Named | None) -> dict[str, str]:
    """The setting `plugin` for what follows on the search in `folder`, loaded.

    Code is imported only where the caller names it, or has been by this process.

    Args:
      folder: of the run.
      named: one plugin or several; None: those that are loaded already.

    Returns:
      {} where there are none.

    Raises:
      ConfigError: one that the search began with is not here, or has another text.
    """
    kept = run_plugins.kept(folder, "search")
    digests = [old.digest for old in kept]
    if named is None:
        here = tuple(own for own in plugins.loaded() if own.digest in digests)
    else:
        here = plugins.load(_listed(named))
    if lacks := run_plugins.missing(folder, "search", here):
        raise _missing(folder, lacks, here)
    return {"plugin": ",".join(own.name for own in here)} if here else {}


def _listed(named: Named) -> str:
    several = [named] if isinstance(named, str | os.PathLike) else named
    return ",".join(os.fspath(one) for one in several)


def _missing(
    folder: RunFolder, lacks: Sequence[Kept], here: Sequence[Plugin]
) -> ConfigError:
    names = ", ".join(old.name for old in lacks)
    copies = ", ".join(str(folder.path / old.file) for old in lacks)
    listed = ",".join([*(own.name for own in here), *(old.name for old in lacks)])
    plural, copy = ("s", "copies are") if len(lacks) > 1 else ("", "a copy is")
    return ConfigError(
        f"{run_ops.subject(folder, 'search')} began with the plugin{plural} {names}, "
        f"without which its arc cannot be read ({copy} {copies}). Name what is yours: "
        f"load_result({str(folder.path)!r}, plugin={listed!r})."
    )
