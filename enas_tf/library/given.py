"""The data that a Python program gives a search: settings for a name, a source else."""

import os
from typing import NamedTuple

from enas_tf.config import sections as config_lib
from enas_tf.config.sections import ConfigError
from enas_tf.data import memory
from enas_tf.library import images_given, texts_given

EMBEDDED = dict(images="digits", texts="python_docs")
_PLACES = ("dataset", "data_path")


class Given(NamedTuple):
    """Data, as a request takes them.

    Attributes:
      settings: by names of flags.
      source: of `memory.NAME`, where that is the data set.
    """

    settings: dict[str, str]
    source: memory.Source | None


def of(
    space: str,
    data: object,
    validation: object,
    test: object,
    settings: dict[str, object],
) -> Given:
    """The data of a run.

    Args:
      space: says whether they are images or texts.
      data: None, a name, a folder, or what the modules of each kind take.
      validation: the same kind as `data`, in memory; or None.
      test: the same.
      settings: of the search; they may name data where `data` is None.

    Raises:
      ConfigError: it is none of these.
    """
    named = [name for name in _PLACES if name in settings]
    held_out = [v for v in (validation, test) if v is not None]
    if data is not None and named:
        raise ConfigError(
            f"data was given, and so was {named[0]} to the search. Leave one out."
        )
    if held_out and (data is None or isinstance(data, str | os.PathLike)):
        raise ConfigError(
            "validation_data and test_data go with data in memory: a name or a folder "
            "has splits of its own. Leave them out, or give data as arrays."
        )
    of_texts = space in config_lib.TEXTS
    if data is None:
        embedded = EMBEDDED["texts" if of_texts else "images"]
        return Given({} if named else {"dataset": embedded}, None)
    if isinstance(data, str | os.PathLike):
        return Given(_place(data), None)
    parts = dict(train=data, validation=validation, test=test)
    there = {name: part for name, part in parts.items() if part is not None}
    kind = texts_given if of_texts else images_given
    return Given({"dataset": memory.NAME}, kind.source(there))


def _place(data: str | os.PathLike) -> dict[str, str]:
    """A path, or a name that is no path: a folder that is there goes first."""
    path = str(os.fspath(data))
    is_path = not isinstance(data, str) or os.path.exists(os.path.expanduser(data))
    return {"data_path" if is_path or _looks_like_path(path) else "dataset": path}


def _looks_like_path(text: str) -> bool:
    """Whether it is no name, even of TFDS, which writes name/config."""
    begins = text.startswith((os.sep, "~", "."))
    return begins or text.endswith(os.sep) or text.count(os.sep) > 1
