"""The texts of a folder for training, validation and test; or one for all three.

No TensorFlow here: a command that names no text is refused before it is imported.
"""

import os
from typing import NamedTuple

from enas_tf.config.sections import ConfigError
from enas_tf.data.text import content as text_content
from enas_tf.data.text import names as text_names

SPLITS = tuple(text_names.SPLITS)
WHOLE = "whole"  # in the place of splits: one text, to be cut
FEWEST_LINES = 10  # of a text that is cut: a tenth of them must be one


class Found(NamedTuple):
    """The files to read.

    Attributes:
      paths: {split: path}, or {WHOLE: path} of a text that is all three.
      left_out: names of all else in the folder, hidden or not, in order; those of
        folders end in a slash.
    """

    paths: dict[str, str]
    left_out: tuple[str, ...] = ()


def find(data_path: str) -> Found:
    """The texts in a folder, or the one that `data_path` itself is.

    Raises:
      ConfigError: nothing is there; a split has no file, or several; or the first
        bytes of a file tell that it is no text.
    """
    place = os.path.expanduser(data_path)
    if not os.path.isdir(place):
        _refuse_no_file(data_path, place)
        found = Found({WHOLE: place})
    else:
        files, folders = _listing(data_path, place)
        names = [name for name in files if not text_names.is_hidden(name)]
        chosen = _chosen(data_path, place, names)
        paths = {split: os.path.join(place, name) for split, name in chosen.items()}
        rest = [name for name in files if name not in chosen.values()]
        found = Found(paths, tuple(sorted(rest + folders)))
    for path in found.paths.values():
        text_content.check(path)
    return found


def in_three(lines: list[str], path: str) -> dict[str, list[str]]:
    """The first 8 tenths of the lines for training, then a tenth each: {split: lines}.

    Raises:
      ConfigError: too few lines.
    """
    if len(lines) < FEWEST_LINES:
        raise ConfigError(
            f"--data_path: {path} has {len(lines)} lines: it must have at least "
            f"{FEWEST_LINES}, to be cut into training, validation and test. Write a "
            "sentence a line, or name a folder with train.txt, valid.txt and test.txt."
        )
    tenth = len(lines) // 10
    first, second = len(lines) - 2 * tenth, len(lines) - tenth
    return dict(train=lines[:first], valid=lines[first:second], test=lines[second:])


def _listing(data_path: str, place: str) -> tuple[list[str], list[str]]:
    """The names of all files in the folder `place`, and of all folders."""
    try:
        with os.scandir(place) as entries:
            every = sorted(entries, key=lambda entry: entry.name)
            # A link that leads nowhere is kept, to be refused by its name.
            files = [e.name for e in every if e.is_file() or _is_broken(e)]
            folders = [f"{e.name}/" for e in every if e.is_dir()]
    except OSError as error:
        raise ConfigError(
            f"--data_path={data_path} cannot be read ({error.strerror}): it must be a "
            "folder with text files. Check its permissions."
        ) from None
    return files, folders


def _is_broken(entry: os.DirEntry) -> bool:
    return entry.is_symlink() and not os.path.exists(entry.path)


def _chosen(data_path: str, place: str, names: list[str]) -> dict[str, str]:
    """{split: name}, or {WHOLE: name}."""
    texts = [name for name in names if text_names.is_text(name)]
    if len(texts) == 1 and text_names.split_of(texts[0]) in (None, "train"):
        return {WHOLE: texts[0]}
    candidates = {split: _candidates(names, split) for split in SPLITS}
    if missing := [split for split, found in candidates.items() if not found]:
        raise _incomplete(data_path, place, names, missing)
    for split, found in candidates.items():
        if len(found) > 1:
            raise ConfigError(
                f"--data_path={data_path} has several text files for {split}: "
                f"{text_names.listed(found)}. It must have one. Move the others away."
            )
    return {split: found[0] for split, found in candidates.items()}


def _candidates(names: list[str], split: str) -> list[str]:
    """Files of that split; packed ones, and of letters, only if there is no other."""
    found = [name for name in names if text_names.split_of(name) == split]
    for is_second_choice in (text_names.is_packed, text_names.is_of_letters):
        found = [name for name in found if not is_second_choice(name)] or found
    return found


def _incomplete(
    data_path: str, place: str, names: list[str], missing: list[str]
) -> ConfigError:
    remedy = "Add what is missing or correct the path."
    folders = [n for n in os.listdir(place) if text_names.is_text(n)]
    folders = [n for n in folders if os.path.isdir(os.path.join(place, n))]
    packed = [name for name in names if text_names.is_packed(name)]
    if packed:
        remedy = f"Unpack {text_names.listed(packed)} there."
    elif folders:
        named = text_names.listed(sorted(folders))
        remedy = f"{named}: not a file but a folder. Put a text file there."
    has = f"it has {text_names.listed(names)}" if names else "it has no files"
    return ConfigError(
        f"--data_path={data_path} has no text file for {' and '.join(missing)} ({has})"
        ": it must hold train.txt, valid.txt, test.txt (or ptb.train.txt, "
        f"wiki.valid.tokens, dev.txt, ...), or one text alone. {remedy}"
    )


def _refuse_no_file(data_path: str, place: str) -> None:
    if os.path.isfile(place):
        return
    is_there = os.path.exists(place)
    problem = "is neither a file nor a folder" if is_there else "does not exist"
    raise ConfigError(
        f"--data_path={data_path} {problem}: it must be a text file, or a folder with "
        "train.txt, valid.txt and test.txt. Correct the path."
    )
