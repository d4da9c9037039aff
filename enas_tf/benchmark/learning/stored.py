"""Trained children in a folder, so that other controllers can be tried on the same.

One file a child, named by the settings that made it. The code that made it is not in
the name: after a change of it, name another folder.
"""

import errno
import hashlib
import json
import os
import pathlib
import zipfile
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from absl import logging

from enas_tf.config import errors
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config, ConfigError
from enas_tf.run import disk

# Sections that a child trained with uniform arcs does not hang on.
_OTHERS = ("controller", "derive", "run")
_OF_RUN = ("search_for", "seed")


def path(folder: str, config: Config) -> pathlib.Path:
    """The file of the child of `config` in `folder`."""
    values = {
        item.flag: item.of(config)
        for item in config_lib.settings()
        if item.flag in _OF_RUN
        or (item.section not in _OTHERS and item.field.metadata["shapes_result"])
    }
    text = json.dumps(values, sort_keys=True)
    key = hashlib.sha256(text.encode()).hexdigest()[:12]
    name = f"{config.run.search_for}_seed{config.run.seed}_{key}.npz"
    return pathlib.Path(folder).expanduser() / name


def prepare(folder: str) -> None:
    """Makes the folder, before hours are spent on what is to be kept in it.

    Raises:
      ConfigError: nothing can be kept there.
    """
    place = pathlib.Path(folder).expanduser()
    try:
        place.mkdir(parents=True, exist_ok=True)
        if not os.access(place, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        allowed = f"a folder that can be written to ({error.strerror})"
        raise ConfigError(errors.refusal("learning_dir", folder, allowed)) from None


def load(file: pathlib.Path, variables: Sequence[tf.Variable]) -> bool:
    """Assigns what is in `file`, if it is there.

    Raises:
      ConfigError: it is not what `save` wrote of such variables.
    """
    if not file.exists():
        return False
    try:
        # Opened here: NumPy leaves it open where it is no whole file.
        with file.open("rb") as stream, np.load(stream) as found:
            values = [found[f"variable_{n}"] for n in range(len(variables))]
        for variable, value in zip(variables, values, strict=True):
            if value.shape != tuple(variable.shape):
                raise ValueError(f"{value.shape} in place of {variable.shape}")
            if not np.isfinite(value).all():
                raise ValueError("a weight is not a number")
    except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise ConfigError(
            f"--learning_dir: {file} does not hold the weights of this child "
            f"({error}). Remove it, or name another folder."
        ) from None
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
    logging.info("The child's weights are those in %s.", file)
    return True


def save(file: pathlib.Path, variables: Sequence[tf.Variable]) -> None:
    """Writes the variables, so that a reader sees all of the file or none.

    Raises:
      ConfigError: the disk is full, or there is no permission.
    """
    values = {f"variable_{n}": v.numpy() for n, v in enumerate(variables)}
    draft = file.with_name(file.name + disk.DRAFT)
    with disk.refusals(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as stream:
            np.savez(stream, **values)
        os.replace(draft, file)
