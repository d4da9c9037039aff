"""An export, read to be asked: its SavedModel, and what it needs beside it.

Whoever asks looks at the input first: nothing but a good one is worth the seconds that
TensorFlow takes to be imported.
"""

import pathlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from enas_tf.config.sections import ConfigError
from enas_tf.export import folder as exported
from enas_tf.run import layout
from enas_tf.run.layout import NamesFile


class Values(Protocol):
    """A tensor, for those that do not import TensorFlow."""

    shape: Sequence[int]

    def numpy(self) -> np.ndarray:
        """The same in NumPy."""


class Signature(Protocol):
    """A function of a SavedModel.

    Attributes:
      structured_input_signature: positional inputs, and the others by name.
      structured_outputs: by name.
    """

    structured_input_signature: tuple[tuple[()], dict[str, Values]]
    structured_outputs: dict[str, Values]

    def __call__(self, **inputs: np.ndarray) -> Mapping[str, Values]:
        """The outputs by name."""


class Export(NamedTuple):
    """An export that is there.

    Attributes:
      folder: in which its files are.
      model: the SavedModel, which must stay alive while it is asked.
      signature: the one that was wanted.
    """

    folder: pathlib.Path
    model: object
    signature: Signature


def load(final: pathlib.Path, names_file: NamesFile, signature: str) -> Export:
    """The export in `final`.

    Args:
      final: the folder that `writing.export` wrote, or that was about to be replaced.
      names_file: that it must have.
      signature: the name of the one that will be asked.

    Raises:
      ConfigError: it is not complete.
    """
    folder = refuse_missing(final, names_file)
    import tensorflow as tf

    try:
        model = tf.saved_model.load(str(folder / layout.SAVED_MODEL))
        return Export(folder, model, model.signatures[signature])
    except (OSError, KeyError, tf.errors.OpError):
        raise missing(folder, names_file) from None


def refuse_missing(final: pathlib.Path, names_file: NamesFile) -> pathlib.Path:
    """Where the export of `final` lies; ConfigError where its names do not."""
    folder = exported.found(final)
    if not (folder / names_file.file).is_file():
        raise missing(folder, names_file)
    return folder


def missing(folder: pathlib.Path, names_file: NamesFile) -> ConfigError:
    """The refusal of an export of which something is not there, or broken."""
    return ConfigError(
        f"{folder} holds no complete exported {names_file.model} "
        f"({layout.SAVED_MODEL}/, {names_file.file}). Train one with --mode=train, or "
        "write it with --mode=export."
    )
