"""Splits in other clothes: seg_train/ and seg_test/, Training Set/ and Test Set/."""

import os
import re
from collections.abc import Sequence

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import picture_files, pictures
from enas_tf.run import lines

# Names of a split's folder, in any case.
NAMES = dict(train="train", training="train", test="test", testing="test")
NAMES |= dict(val="validation", valid="validation", validation="validation")
_ALIKE = 2  # class folders that two folders share, from which they look like splits
_LONG = tuple(word for word in NAMES if len(word) > 3)  # "val" begins many a word


def find(names: Sequence[str]) -> dict[str, str]:
    """{name: split} if every name is of a split; else empty.

    All are called as in `NAMES`, or each has one such word and they are of several
    splits: freight_train/ and steam_train/ are classes.
    """
    plain = {name: NAMES[name.lower()] for name in names if name.lower() in NAMES}
    if len(plain) == len(names):
        return plain
    named = {name: split for name in names if (split := _split_of(name))}
    return named if len(named) == len(names) and len(set(named.values())) > 1 else {}


def refuse_doubtful(folder: str, names: Sequence[str]) -> None:
    """Refuse classes that may be splits: by their names, and by the folders in them.

    Raises:
      ConfigError: they hold folders of the same names, and some are called like splits.
      OSError: a folder cannot be listed.
    """
    if not any(map(_hints, names)):
        return
    inner = {name: _classes(inside(os.path.join(folder, name))) for name in names}
    alike = [name for name in names if _has_like(name, inner)]
    doubtful = {hint for name in alike for hint in _hints(name)}
    if len(doubtful) > 1 or any(_words(name) & set(NAMES) for name in alike):
        raise ConfigError(
            f"--data_path: {folder} has {listed(names)}, and in them folders of the "
            "same names, as splits have: splits must be called train/, test/ and "
            "validation/ and stand alone. Rename them and move others away, or, if "
            "these are classes, give them names without such words."
        )


def refuse_inside_out(folder: str, names: Sequence[str]) -> None:
    """Refuse cat/train/ and cat/test/, whose test images would be trained on.

    Raises:
      ConfigError: every class holds folders of several splits, and nothing else.
      OSError: a folder cannot be listed.
    """
    for name in names:
        inner = sorted(_classes(os.path.join(folder, name)))
        splits = {NAMES.get(found.lower()) for found in inner}
        if None in splits or "train" not in splits or len(splits) < 2:
            return
    if names:
        raise ConfigError(
            f"--data_path: in {folder} the splits lie in the classes ({name}/"
            f"{inner[0]}/, ...): the classes must lie in the splits. Rename "
            f"them to train/{name}/ and so on, or remove that level if it is of "
            "no account."
        )


def inside(root: str) -> str:
    """`root`, or root/root if that is all it holds: some archives pack it twice."""
    within = os.path.join(root, os.path.basename(root))
    if os.path.isdir(within):
        with os.scandir(root) as entries:
            visible = [e for e in entries if not picture_files.is_litter(e.name)]
        return within if len(visible) == 1 else root
    return root


def listed(names: Sequence[str], limit: int = 3) -> str:
    """Some folders of these names."""
    shown = [lines.quoted(f"{name}/") for name in names[:limit]]
    return ", ".join(shown) + (", ..." if len(names) > limit else "")


def _split_of(name: str) -> str | None:
    """The split of the one word that names a split."""
    found = _words(name) & set(NAMES)
    return NAMES[found.pop()] if len(found) == 1 else None


def _hints(name: str) -> set[str]:
    """Splits that a name may mean: by whole words, or as in TrainSet and mytest."""
    whole = {NAMES[word] for word in _words(name) & set(NAMES)}
    joined = {
        NAMES[known]
        for word in _words(name)
        for known in _LONG
        if word.startswith(known) or word.endswith(known)
    }
    return whole | joined


def _words(name: str) -> set[str]:
    """The runs of letters in a name, in lower case."""
    return set(re.findall(r"[^\W\d_]+", name.lower()))


def _classes(root: str) -> frozenset[str]:
    """The folders in `root`; none where pictures lie beside them, as in a class."""
    names = set()
    with os.scandir(root) as entries:
        for entry in entries:
            if picture_files.is_litter(entry.name):
                continue
            if entry.is_dir():
                names.add(entry.name)
            elif picture_files.ending(entry.name) in pictures.ENDINGS:
                return frozenset()
    return frozenset(names)


def _has_like(name: str, inner: dict[str, frozenset[str]]) -> bool:
    """Whether another folder holds folders of the same names."""
    return any(
        len(own & inner[name]) >= _ALIKE
        for other, own in inner.items()
        if other != name
    )
