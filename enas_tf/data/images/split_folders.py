"""A folder of class folders: which of them are splits, and which are classes."""

import collections
import glob
import os
from typing import NamedTuple

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import picture_files, split_words, wrong_path
from enas_tf.run import lines

WANTED = (
    "it must be cifar-10-batches-py or -bin, cifar-100-python or -binary, or hold a "
    "folder of pictures per class (2 or more), directly or in train/ and test/"
)


class Layout(NamedTuple):
    """The class folders of each split.

    Attributes:
      roots: {split: the folder that holds its class folders}, "train" at least.
      classes: the names of these folders.
      left_out: files beside them, by reason.
    """

    roots: dict[str, str]
    classes: tuple[str, ...]
    left_out: collections.Counter[str]

    def renamed(self, folder: str) -> str:
        """Which folders in `folder` are which splits; empty if their names tell."""
        names = {k: os.path.relpath(root, folder) for k, root in self.roots.items()}
        plain = all(
            name.lower() in (".", *split_words.NAMES) for name in names.values()
        )
        words = [
            f"{lines.quoted(f'{name}/')} is the {split} split"
            for split, name in names.items()
        ]
        return "" if plain else ", ".join(words)


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
        _check_alike(roots["train"], root, own, expected)
    for name in expected:
        check_name(name, folder)
    return Layout(roots, tuple(expected), left_out)


def check_name(name: str, place: str, *, flag: str = "data_path") -> None:
    """Refuse a class that could not be written into a list of names, one a line.

    Args: the name; where it is, and the flag that led there.
    """
    try:
        name.encode("utf-8")
        is_line = name.splitlines() == [name]
    except UnicodeEncodeError:
        is_line = False
    if not is_line:
        raise ConfigError(
            f"--{flag}: the class name {name!r} in {place} is not allowed: it must "
            "be one line of text, in UTF-8. Rename it."
        )


def _folders(root: str, left_out: collections.Counter[str]) -> list[str]:
    """The folders in `root`; all other entries are counted."""
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
    found = split_words.find(names)
    if not found:
        _refuse_a_mixture(folder, names)
        split_words.refuse_doubtful(folder, names)
        split_words.refuse_inside_out(folder, names)
        return dict(train=folder)
    roots: dict[str, str] = {}
    for name, split in found.items():
        root = split_words.inside(os.path.join(folder, name))
        if split in roots:
            raise ConfigError(
                f"--data_path: {roots[split]} and {root} are both the {split} split: "
                "there must be one folder of each. Merge or rename them."
            )
        roots[split] = root
    if "train" not in roots:
        raise ConfigError(
            f"--data_path: {folder} has {split_words.listed(names)}, but no train/: "
            "there must be images to learn from. Add train/, or rename these if they "
            "are classes."
        )
    return roots


def _refuse_a_mixture(folder: str, names: list[str]) -> None:
    """A folder called train among classes is one, unless it holds classes itself."""
    for name in names:
        if split_words.NAMES.get(name.lower()) == "train":
            path = os.path.join(folder, name)
            with os.scandir(path) as entries:
                inside = [e for e in entries if not picture_files.is_litter(e.name)]
            if inside and all(entry.is_dir() for entry in inside):
                others = [n for n in names if n.lower() not in split_words.NAMES]
                raise ConfigError(
                    f"--data_path: {path} holds folders only, as a split does, but "
                    f"beside it are {split_words.listed(others)}: splits must stand "
                    "alone. Move the other folders away, or name the folder of the "
                    "classes."
                )


def _check_number(root: str, classes: list[str]) -> None:
    if len(classes) < 2:
        raise ConfigError(
            f"--data_path: {root} holds {len(classes)} class folders: {WANTED}."
            f"{_hint(root, classes)}"
        )


def _hint(root: str, classes: list[str]) -> str:
    """A guess at the user's meaning, where there is a sign of it."""
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


def _check_alike(train: str, root: str, found: list[str], expected: list[str]) -> None:
    if differing := sorted(set(found) ^ set(expected)):
        raise ConfigError(
            f"--data_path: the class {differing[0]!r} is only in one of "
            f"{os.path.basename(train)}/ and {os.path.basename(root)}/: "
            "they must have the same class folders. Add or remove that folder."
        )
