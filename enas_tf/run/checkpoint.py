"""Saves and restores a stage: its variables and its position, a few integers.

The seeds of everything that is drawn follow from the position (nn/seeds.py), so this is
all that an exact resume needs. A checkpoint is found by its own name (saves.py), read
whole and looked at before a variable is touched.
"""

import hashlib
import pathlib
import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import tensorflow as tf
from absl import logging

from enas_tf.config.sections import ConfigError
from enas_tf.run import disk, finite, saves
from enas_tf.run import settings as run_settings
from enas_tf.run.saves import Saved

KEPT = 2  # the last one, and the one before in case the last is damaged

# TensorFlow's errors on damage; a file that was cut short gives an IndexError.
UNREADABLE = (tf.errors.OpError, IndexError, ValueError, RuntimeError)
_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
_COUNTER = "save_counter"  # TensorFlow's own, in checkpoints of versions up to 0.2

Groups = Mapping[str, Sequence[tf.Variable]]


class Checkpoint:
    """The variables of a stage on disk.

    Attributes:
      position: counter name to value; read and written by the loops, saved along.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        *,
        groups: Groups,
        counters: Sequence[str],
        optional: Groups | None = None,
        free: Sequence[tf.Variable] = (),
        begun: bool = False,
        note: Callable[[], None] = lambda: None,
    ):
        """Holds the variables; reads and writes nothing.

        Args:
          folder: made by the first save.
          groups: variables by group; all are weights, and must be finite.
          counters: the names of the position's counters.
          optional: more groups, zero at first and no weights, which checkpoints of
            earlier versions lack.
          free: variables of `groups` that are no weights, and may be anything.
          begun: whether it is known from elsewhere that something was saved.
          note: called after this object's first save.
        """
        self.position = dict.fromkeys(counters, 0)
        self._folder = folder
        self._counters = {n: tf.Variable(0, dtype=tf.int64) for n in counters}
        self._required = {**_named(groups), **self._counters}
        self._optional = _named(optional or {})
        others = {id(variable) for variable in free}
        self._weights = [n for n, v in _named(groups).items() if id(v) not in others]
        self._all = {**self._required, **self._optional}
        self._checkpoint = tf.train.Checkpoint(**self._all)
        self._begun = begun
        self._note, self._noted = note, False
        self._good: list[int] = []  # numbers that this object has read or written

    def save(self) -> None:
        """Write variables and position; an older checkpoint stays until it is done.

        Raises:
          NotFinite: a weight is not finite; nothing was written.
          ConfigError: it cannot be written.
        """
        finite.check(
            ((name, self._required[name].numpy()) for name in self._weights),
            self.position,
        )
        for name, value in self.position.items():
            self._counters[name].assign(value)
        self._write()
        if not self._noted:
            self._note()
            self._noted = True

    def restore(self) -> bool:
        """Go to the newest readable checkpoint; False if nothing was ever saved.

        Raises:
          ConfigError: something was saved, and none can be read.
        """
        with disk.refusals(self._folder):
            found = saves.look(self._folder)
            begun = self._begun or saves.begun(self._folder)
        for number in sorted(found.whole + found.halves, reverse=True):
            if self._read(number, whole=number in found.whole):
                self._good = [number]
                return True
        if not begun:
            return False
        stage = run_settings.NOUNS.get(self._folder.name, self._folder.name)
        what = "there is no checkpoint in"
        if found.whole or found.halves:
            what = "no checkpoint can be read (damaged, or of other sizes) in"
        raise ConfigError(
            f"--output_dir: {what} {self._folder}, where this {stage} had "
            "saved some. Put back a copy of that folder, begin anew with "
            "--reset_output_dir, or choose another --output_dir."
        )

    def _write(self) -> None:
        """A new checkpoint; those before the last one go, damaged ones too."""
        with disk.refusals(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            number = saves.look(self._folder).highest + 1
        path = self._folder / saves.name(number)
        try:
            self._checkpoint.write(str(path))
        except tf.errors.OpError as error:
            raise ConfigError(
                f"{path} cannot be written ({_reason(error)}). If the disk is full, "
                "free some space; then run the same command again: it continues."
            ) from None
        self._good = [*self._good, number][-KEPT:]
        saves.remove_list(self._folder)
        if len(self._good) == KEPT:
            saves.remove_others(self._folder, self._good)

    def _read(self, number: int, *, whole: bool) -> bool:
        """Take over a checkpoint, or say in a line why it cannot be."""
        path = self._folder / saves.name(number)
        try:
            if not whole:
                raise ValueError("one of its two files is missing")
            values = self._fitting(path)
        except UNREADABLE as error:
            logging.warning("%s is passed over: %s.", path, _reason(error))
            return False
        for name, variable in self._all.items():
            variable.assign(values.get(name, tf.zeros_like(variable)))
        for name, variable in self._counters.items():
            self.position[name] = int(variable.numpy())
        return True

    def _fitting(self, path: pathlib.Path) -> dict[str, np.ndarray]:
        """The values in the checkpoint, if they are those of this stage's variables.

        Raises:
          ValueError: variables are missing, there are others, or they are of other
            sizes, or a weight is not finite; and the rest of UNREADABLE.
        """
        values = _load(path)
        values.pop(_COUNTER, None)
        wanted = self._all if set(self._optional) & set(values) else self._required
        if set(values) != set(wanted):
            raise ValueError("it holds other variables")
        for name, value in values.items():
            if not self._all[name].shape.is_compatible_with(value.shape):
                raise ValueError(f"{name} is of another size")
        bad = finite.first_bad((name, values[name]) for name in self._weights)
        if bad is not None:
            raise ValueError(f"{bad} is not finite")
        return values


def newest(folder: pathlib.Path) -> Saved:
    """The last checkpoint in `folder`, which stays as it is.

    Raises:
      ValueError: there is none, or it cannot be read.
    """
    found = saves.look(folder)
    if not found.whole:
        raise ValueError("there is no checkpoint")
    path = folder / saves.name(found.whole[0])
    try:
        return Saved(path, _load(path), _sha256(path))
    except UNREADABLE as error:
        raise ValueError(_reason(error)) from None


def copy(folder: pathlib.Path, groups: Groups) -> Saved:
    """Give variables the values of the last checkpoint in `folder`, which stays as is.

    Args:
      folder: where a `Checkpoint` saved.
      groups: as its; what it saved beside them is passed over.

    Returns:
      The checkpoint.

    Raises:
      ValueError: it cannot be read, or holds another number of the first group's
        variables, or of other shapes, or values that are not finite.
    """
    saved = newest(folder)
    values = saved.values
    first, variables = next(iter(groups.items()))
    held = [n for n in values if re.fullmatch(rf"{first}_\d+", n)]
    if len(held) != len(variables):
        raise ValueError(f"{len(held)} variables, not {len(variables)}")
    refuse_infinite({name: values[name] for name in held})
    named = _named(groups)
    for name, variable in named.items():
        if name not in values:
            raise ValueError(f"{name} is missing")
        if not variable.shape.is_compatible_with(values[name].shape):
            raise ValueError(f"{name} is of another size")
    for name, variable in named.items():
        variable.assign(values[name])
    return saved


def refuse_infinite(values: Mapping[str, np.ndarray]) -> None:
    """ValueError where one of the arrays has a value that is not finite."""
    bad = finite.first_bad(values.items())
    if bad is not None:
        raise ValueError(f"{bad} is not finite")


def _sha256(path: pathlib.Path) -> str:
    """Of all files of the checkpoint `path`, in the order of their names."""
    digest = hashlib.sha256()
    for file in sorted(path.parent.glob(f"{path.name}.*")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _load(path: pathlib.Path) -> dict[str, np.ndarray]:
    """The variables of a checkpoint by their names; one of UNREADABLE on damage."""
    reader = tf.train.load_checkpoint(str(path))
    # All is read, needed or not: a file that was cut is not taken for a whole one.
    values = {k: reader.get_tensor(k) for k in reader.get_variable_to_shape_map()}
    return {
        key.removesuffix(_VALUE): value
        for key, value in values.items()
        if key.endswith(_VALUE)
    }


def _reason(error: Exception) -> str:
    """An error of TensorFlow in a line."""
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0].rstrip(".")


def _named(groups: Groups) -> dict[str, tf.Variable]:
    """Variables one by one, each by a name.

    tf.train.Checkpoint silently leaves out what sits in a list of a Keras layer.
    """
    return {
        f"{group}_{number}": variable
        for group, variables in groups.items()
        for number, variable in enumerate(variables)
    }
