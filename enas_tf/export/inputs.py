"""The files that an exported model is asked about."""

import pathlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

from absl import logging


class Found(NamedTuple):
    """The files of a folder and those below it.

    Attributes:
      files: that are to be asked about, at least one.
      left_out: a line that says which are not, and why; "" if none is left out.
    """

    files: Sequence[pathlib.Path]
    left_out: str


def files(
    path: pathlib.Path, find: Callable[[pathlib.Path], Found]
) -> list[pathlib.Path]:
    """A file as it is, whatever its name; of a folder, all in the order of their names.

    Args:
      path: what --input names.
      find: looks into a folder; ConfigError if that is nothing, or cannot be listed.
    """
    if not path.is_dir():
        return [path]
    found = find(path)
    if found.left_out:
        logging.info("%s", found.left_out)
    return sorted(found.files)
