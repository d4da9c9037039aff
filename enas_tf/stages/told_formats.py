"""Which formats a run's export is to have, and what its check has found, in lines."""

from absl import logging

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
    """Say what is there, and why something that was asked for is not."""
    kind = registry.SPECS[config.run.search_for].data.name
    for sentence in formats.left_out(config.run.export_format, kind):
        logging.warning("%s", sentence)
    found = table.read(folder.final)
    if not found:
        return
    for name, why in found.failed.items():
        kept = "is as it is" if name in formats.ALWAYS else "was not kept"
        logging.warning("%s %s: %s.", formats.FORMATS[name].file, kept, why)
    logging.info("%s", "\n".join(["The export", *table.lines(found)]))
