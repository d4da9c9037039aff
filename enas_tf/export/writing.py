"""A trained child as files, whatever it is of: one export replaces another.

Beside the model its names lie in a text file, and once more inside of each of the two.
"""

import contextlib
import json
import logging
import pathlib
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import keras
import tensorflow as tf

from enas_tf.export import folder as exported
from enas_tf.export import sums as export_sums
from enas_tf.run import layout
from enas_tf.run.layout import NamesFile

# The largest difference between two answers to one input that counts as rounding.
TOLERANCE = 1e-4


class Deployed(Protocol):
    """A model in the form in which others are to have it.

    `save` is called first, then `differences`, with what was read again from the disk.

    Attributes:
      model: what `model.keras` holds.
      names_file: in which file its answers' names stand.
    """

    @property
    def model(self) -> keras.Model:
        """The Keras model that is written."""

    @property
    def names_file(self) -> NamesFile:
        """The file that names the answers."""

    def save(self, folder: pathlib.Path) -> None:
        """Write into `folder`, beside `model.keras`: `saved_model/`, and what else."""

    def differences(
        self, folder: pathlib.Path, loaded: keras.Model, served: tf.Module
    ) -> list[float]:
        """How far the answers of the files in `folder` are from its own, each.

        `loaded` and `served` are `model.keras` and `saved_model/`, read from there.
        """


def export(
    deployed: Deployed,
    folder: pathlib.Path,
    names: Sequence[str],
    *,
    also: Callable[[pathlib.Path], None] | None = None,
) -> float:
    """Write `folder` whole, or leave it as it was.

    Args:
      deployed: the model.
      folder: holds `model.keras`, `saved_model/` and the file of names afterwards.
      names: of its answers, one each, in their order.
      also: writes more into the new folder, when the two files have been compared.

    Returns:
      The largest difference between the answers of the model and those of the two
      files, read again from the disk.

    Raises:
      RuntimeError: that difference is more than `TOLERANCE`.
      ValueError: a name is not one line of text.
    """
    with _beside(folder) as new:
        _write(deployed, new, names)
        loaded = keras.models.load_model(new / layout.KERAS_FILE, compile=False)
        served = tf.saved_model.load(str(new / layout.SAVED_MODEL))
        largest = _rounding(deployed.differences(new, loaded, served))
        if also:
            also(new)
        return largest


def write_names(folder: pathlib.Path, file: str, names: Sequence[str]) -> None:
    """A text file with a name a line; ValueError for one that is not a line."""
    for name in map(str, names):
        if name.splitlines() != [name]:
            raise ValueError(f"the name {name!r} is not one line of text")
    text = "".join(f"{name}\n" for name in names)
    (folder / file).write_text(text, encoding="utf-8")


def _write(deployed: Deployed, folder: pathlib.Path, names: Sequence[str]) -> None:
    names_file = deployed.names_file
    write_names(folder, names_file.file, names)
    keras_file = folder / layout.KERAS_FILE
    deployed.model.save(keras_file)
    _enclose_names(keras_file, names_file.enclosed, names)
    with _quiet():
        deployed.save(folder)
    extra = folder / layout.SAVED_MODEL / exported.EXTRA
    extra.mkdir()
    write_names(extra, names_file.file, names)


def _enclose_names(keras_file: pathlib.Path, file: str, names: Sequence[str]) -> None:
    """Put `names` into a .keras file, a zip, as the JSON list `file`.

    Keras reads what it wrote and passes over the rest.
    """
    with zipfile.ZipFile(keras_file, "a") as archive:
        archive.writestr(file, json.dumps(list(names), indent=1) + "\n")


def _rounding(differences: Sequence[float]) -> float:
    """The largest of `differences`; RuntimeError if it is more than rounding."""
    largest = max(differences)
    # `not <=` catches NaN as well, which max() might pass over.
    if not all(difference <= TOLERANCE for difference in differences):
        raise RuntimeError(
            f"the exported model's answers differ by {largest:.2g} from the trained "
            f"one's, at most {TOLERANCE:.0e} is rounding; nothing was exported"
        )
    return largest


@contextlib.contextmanager
def _beside(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    """A new folder to fill, which takes the place of `folder` if nothing is raised."""
    exported.restore(folder)
    new = exported.fresh(folder)
    try:
        yield new
        export_sums.write(new)
        exported.swap(new, folder)
    finally:
        exported.discard(new)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Hold back TensorFlow's note of the folder it writes: a temporary one."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
