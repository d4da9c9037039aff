"""Labels of a user's images: whole numbers from 0 without gaps, or names of classes."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import split_folders

WANTED = "labels must be whole numbers from 0 up without gaps, or text"


class Classes(NamedTuple):
    """Labels of each split [N] int32, and the names of the classes."""

    labels: dict[str, np.ndarray]
    names: tuple[str, ...]


def of(given: Mapping[str, np.ndarray], *, place: str) -> Classes:
    """Labels as numbers; names are numbered in the order of the alphabet.

    Args:
      given: integers or text, [N] each, of "train" and of "validation" and "test" where
        there are such; all but those of "test" are learned from.
      place: flag and file, for messages.

    Raises:
      ConfigError: they are not as `WANTED`, there is but one class, or one that is in
        "test" alone.
    """
    kinds = {array.dtype.kind for array in given.values()}
    if kinds <= set("iu"):
        return _of_numbers(given, place)
    if kinds == {"U"}:
        return _of_names(given, place)
    shown = ", ".join(sorted({str(array.dtype) for array in given.values()}))
    raise ConfigError(
        f"{place} has labels of {shown}: {WANTED}. Save labels.astype(int), or all of "
        "them as text."
    )


def _of_numbers(given: Mapping[str, np.ndarray], place: str) -> Classes:
    given = {split: array.astype(np.int64) for split, array in given.items()}
    known = _known(given)
    if known[0] < 0:
        raise _refused(place, f"the label {known[0]}", "Remove or number its images.")
    if known[0] == 1 and len(known) == known[-1]:
        raise _refused(place, f"labels from 1 to {known[-1]}", "Subtract 1.")
    if len(known) <= known[-1]:
        missing = next(i for i, label in enumerate(known) if i != label)
        what = f"no image of class {missing}, but some of class {known[-1]}"
        raise _refused(place, what, "Number the classes anew.")
    labels = {split: array.astype(np.int32) for split, array in given.items()}
    return Classes(labels, _checked([str(label) for label in known], given, place))


def _of_names(given: Mapping[str, np.ndarray], place: str) -> Classes:
    known = _known(given)
    names = _checked([str(name) for name in known], given, place)
    labels = {k: np.searchsorted(known, v).astype(np.int32) for k, v in given.items()}
    return Classes(labels, names)


def _known(given: Mapping[str, np.ndarray]) -> np.ndarray:
    """The labels that are learned from, each once, in order."""
    learned = [array for split, array in given.items() if split != "test"]
    return np.unique(np.concatenate(learned))


def _checked(
    names: list[str], given: Mapping[str, np.ndarray], place: str
) -> tuple[str, ...]:
    """The names, one at least of two, each a line, and none unknown in the test."""
    if len(names) < 2:
        has = f"images of one class only ({names[0]})"
        raise _refused(place, has, "Add images of another class.")
    for name in names:
        split_folders.check_name(name, place)
    for label in np.unique(given["test"]) if "test" in given else ():
        if str(label) not in names:
            has = f"test images of class {label}, and none to learn it from"
            raise _refused(place, has, "Add such images, or remove these.")
    return tuple(names)


def _refused(place: str, has: str, remedy: str) -> ConfigError:
    return ConfigError(f"{place} has {has}: {WANTED}, of 2 classes or more. {remedy}")
