"""Saves and restores a stage: its variables and its position, a few integers.

The seeds of everything that is drawn follow from the position (nn/seeds.py), so this is
all that an exact resume needs.
"""

import pathlib
from collections.abc import Mapping, Sequence

import tensorflow as tf
from absl import logging

from enas_tf.config import ConfigError

KEPT = 2  # the last one, and the one before in case the last is damaged

# What TensorFlow raises on damage and on other sizes; a file that was cut short gives
# an IndexError.
UNREADABLE = (tf.errors.OpError, IndexError, ValueError, AssertionError)


class Checkpoint:
    """The variables of a stage on disk.

    Attributes:
      position: counter name to value; read and written by the loops, saved along.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        *,
        groups: Mapping[str, Sequence[tf.Variable]],
        counters: Sequence[str],
    ):
        """Args: where; variables by group; the names of the position's counters."""
        self.position = dict.fromkeys(counters, 0)
        self._folder = folder
        self._counters = {n: tf.Variable(0, dtype=tf.int64) for n in counters}
        self._checkpoint = tf.train.Checkpoint(**_named(groups), **self._counters)
        self._manager = tf.train.CheckpointManager(
            self._checkpoint, str(folder), max_to_keep=KEPT
        )

    def save(self) -> None:
        """Write variables and position; an older checkpoint stays until it is done."""
        for name, value in self.position.items():
            self._counters[name].assign(value)
        self._manager.save()

    def restore(self) -> bool:
        """Go to the newest readable checkpoint; False if there is none at all.

        Raises:
          ConfigError: there are some and none can be read.
        """
        paths = self._manager.checkpoints[::-1]
        for path in paths:
            if self._read(path):
                for name, variable in self._counters.items():
                    self.position[name] = int(variable.numpy())
                return True
        if paths:
            raise ConfigError(
                f"--output_dir: no checkpoint in {self._folder} can be read (damaged, "
                "or of a network of other sizes). Begin anew with --reset_output_dir "
                "or another --output_dir."
            )
        return False

    def _read(self, path: str) -> bool:
        try:
            self._checkpoint.restore(path).assert_consumed()
        except UNREADABLE as error:
            reason = str(error).splitlines()[0]
            logging.warning("The checkpoint %s cannot be read: %s", path, reason)
            return False
        return True


def copy(folder: pathlib.Path, groups: Mapping[str, Sequence[tf.Variable]]) -> None:
    """Give variables the values of the last checkpoint in `folder`, which stays as is.

    Args:
      folder: where a `Checkpoint` saved.
      groups: as its; what it saved beside them is passed over.

    Raises:
      ValueError: it cannot be read, or holds another number of the first group's
        variables, or of other shapes.
    """
    path = tf.train.latest_checkpoint(str(folder))
    first, variables = next(iter(groups.items()))
    try:
        held = tf.train.load_checkpoint(path).get_variable_to_shape_map()
        count = sum(name.startswith(f"{first}_") for name in held)
        if count != len(variables):
            raise ValueError(f"{count} variables, not {len(variables)}")
        status = tf.train.Checkpoint(**_named(groups)).restore(path)
        status.assert_existing_objects_matched().expect_partial()
    except (*UNREADABLE, TypeError) as error:  # TypeError: there is no path
        raise ValueError(str(error).splitlines()[0]) from None


def _named(groups: Mapping[str, Sequence[tf.Variable]]) -> dict[str, tf.Variable]:
    """Variables one by one, each by a name.

    tf.train.Checkpoint silently leaves out what sits in a list of a Keras layer.
    """
    return {
        f"{group}_{number}": variable
        for group, variables in groups.items()
        for number, variable in enumerate(variables)
    }
