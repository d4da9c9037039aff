"""Which formats a run's export is to have, and what its check has found, in lines."""

import pathlib

from absl import logging

from enas_tf.config import modes
from enas_tf.config.sections import Config
from enas_tf.config.spaces import registry
from enas_tf.export import folder as exported
from enas_tf.export import formats, table
from enas_tf.run.folder import RunFolder


def wanted(folder: RunFolder, config: Config) -> tuple[str, ...] | None:
    """The formats beside Keras' and TensorFlow's; None: nobody asks for any."""
    kind = registry.SPECS[config.run.search_for].data.name
    asked = config.run.export_format
    beside = formats.beside(asked, exported.found(folder.final), kind)
    return beside if asked or beside else None


def tell(folder: RunFolder, config: Config) -> None:
    """Say what is not there though it was asked for, and the table.

    Where a summary follows, the table is in that.
    """
    kind = registry.SPECS[config.run.search_for].data.name
    for sentence in formats.left_out(config.run.export_format, kind):
        logging.warning("%s", sentence)
    found = table.read(folder.final)
    for name, why in found.failed.items() if found else ():
        kept = "is as it is" if name in formats.ALWAYS else "was not kept"
        logging.warning("%s %s: %s.", formats.FORMATS[name].file, kept, why)
    if found and not modes.MODES[config.run.mode].sums_up:
        logging.info("%s", "\n".join(["The export", *table.lines(found)]))


def lines(folder: RunFolder) -> list[str]:
    """The table of the run's export; [] where there is none."""
    found = table.read(folder.final)
    return table.lines(found) if found else []


def files(folder: RunFolder) -> dict[str, pathlib.Path]:
    """The files of other formats, by what each is to the reader of a summary."""
    more = [name for name in formats.FORMATS if name not in formats.ALWAYS]
    rows = [formats.FORMATS[name] for name in more]
    return {f"the same for {row.reads}": folder.final / row.file for row in rows}
