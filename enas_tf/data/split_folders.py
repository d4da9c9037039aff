"""A folder of class folders: which of them are splits, and which are classes."""

import collections
import glob
import os
from typing import NamedTuple

from enas_tf.config import ConfigError
from enas_tf.data import picture_files, wrong_path

# What a split's folder may be called, in any case.
NAMES = dict(train="train", training="train", test="test", testing="test")
NAMES |= dict(val="validation", valid="validation", validation="validation")
WANTED = (
    "it must be cifar-10-batches-py or -bin, cifar-100-python or -binary, or hold a "
    "folder of pictures per class (2 or more), directly or in train/ and test/"
)


class Layout(NamedTuple):
    """Where the classes are.

    Attributes:
      roots: {split: the folder that holds its class folders}, "train" at least.
      classes: the names of these folders.
      left_out: files beside them, by reason.
    """

    roots: dict[str, str]
    classes: tuple[str, ...]
    left_out: collections.Counter[str]


def layout(folder: str) -> Layout:
    """Looks at folders only; files are not opened.

    Raises:
      ConfigError: there are no class folders, or it is not clear which are.
      OSError: a folder cannot be listed.
    """
    left_out: collections.Counter[str] = collections.Counter()
    names = _folders(folder, left_out)
    roots = _roots(folder, names)
    if folder not in roots.values():
        classes = {root: _folders(root, left_out) for root in roots.values()}
    else:
        classes = {folder: names}
    for root, own in classes.items():
        _check_number(root, own)
    expected = classes[roots["train"]]
    for root, own in classes.items():
        _check_alike(root, own, expected)
    for name in expected:
        check_name(name, folder)
    return Layout(roots, tuple(expected), left_out)


def check_name(name: str, place: str) -> None:
    """Refuse a class that could not be written into a list of names, one a line."""
    try:
        name.encode("utf-8")
        lines = len(name.splitlines())
    except UnicodeEncodeError:
        lines = 0
    if lines != 1:
        raise ConfigError(
            f"--data_path: the class name {name!r} in {place} is not allowed: it must "
            "be one line of text, in UTF-8. Rename it."
        )


def _folders(root: str, left_out: collections.Counter[str]) -> list[str]:
    """The folders in `root`; what else there is, is counted."""
    names = []
    with os.scandir(root) as entries:
        for entry in entries:
            if picture_files.is_litter(entry.name):
                picture_files.count_litter(entry, left_out)
            elif entry.is_dir():
                names.append(entry.name)
            else:
                left_out["beside the class folders"] += 1
    return sorted(names)


def _roots(folder: str, names: list[str]) -> dict[str, str]:
    """Splits, if all of `names` are such and training is among them."""
    if not names or not all(name.lower() in NAMES for name in names):
        _refuse_a_mixture(folder, names)
        return dict(train=folder)
    roots: dict[str, str] = {}
    for name in names:
        split, root = NAMES[name.lower()], os.path.join(folder, name)
        if split in roots:
            raise ConfigError(
                f"--data_path: {roots[split]} and {root} are both the {split} split: "
                "there must be one folder of each. Merge or rename them."
            )
        roots[split] = root
    if "train" not in roots:
        raise ConfigError(
            f"--data_path: {folder} has {_listed(names)}, but no train/: there must be "
            "images to learn from. Add train/, or rename these if they are classes."
        )
    return roots


def _refuse_a_mixture(folder: str, names: list[str]) -> None:
    """A folder called train among classes is one, unless it holds classes itself."""
    for name in names:
        if NAMES.get(name.lower()) == "train":
            path = os.path.join(folder, name)
            with os.scandir(path) as entries:
                inside = [e for e in entries if not picture_files.is_litter(e.name)]
            if inside and all(entry.is_dir() for entry in inside):
                others = [other for other in names if other.lower() not in NAMES]
                raise ConfigError(
                    f"--data_path: {path} holds folders only, as a split does, but "
                    f"beside it are {_listed(others)}: splits must stand alone. Move "
                    "the other folders away, or name the folder of the classes."
                )


def _check_number(root: str, classes: list[str]) -> None:
    if len(classes) < 2:
        raise ConfigError(
            f"--data_path: {root} holds {len(classes)} class folders: {WANTED}."
            f"{_hint(root, classes)}"
        )


def _hint(root: str, classes: list[str]) -> str:
    """What the user may have meant, where that can be seen."""
    if _is_of_tfds(root):
        return " This is a folder of TFDS: name it with --data_dir, not --data_path."
    if classes:
        inner = os.path.join(root, classes[0])
        with os.scandir(inner) as entries:
            if sum(entry.is_dir() for entry in entries) > 1:
                return f" Name {inner} instead."
        return " Add the other classes."
    files = [n for n in sorted(os.listdir(root)) if not picture_files.is_litter(n)]
    return " " + (wrong_path.hint(files[0]) if files else "Correct the path.")


def _is_of_tfds(root: str) -> bool:
    """Whether below `root` lies name/version/ or name/config/version/ of a data set."""
    places = ("*", os.path.join("*", "*"), os.path.join("*", "*", "*"))
    return any(
        glob.glob(os.path.join(glob.escape(root), place, "dataset_info.json"))
        for place in places
    )


def _check_alike(root: str, found: list[str], expected: list[str]) -> None:
    if differing := sorted(set(found) ^ set(expected)):
        raise ConfigError(
            f"--data_path: the class {differing[0]!r} is only in one of train/ and "
            f"{os.path.basename(root)}/: they must have the same class folders. Add "
            "or remove that folder."
        )


def _listed(names: list[str], limit: int = 3) -> str:
    shown = [f"{name}/" for name in names[:limit]]
    return ", ".join(shown) + (", ..." if len(names) > limit else "")
