"""The split of a text file, and its kind, by its name.

A file is known by the last word of its name before the endings: `train.txt`,
`ptb.train.txt`, `wiki.train.tokens` and `Training.TXT` are all training.
"""

import os
import re
from collections.abc import Sequence

from enas_tf.run import lines

SPLITS = {
    "train": ("train", "training"),
    "valid": ("valid", "validation", "val", "dev"),
    "test": ("test", "testing"),
}
ENDINGS = ("txt", "text", "tokens", "raw")
PACKED = ("gz", "zip", "bz2", "xz", "zst", "7z", "tar", "tgz")
SHOWN = 4  # names in a line that lists files


def split_of(name: str) -> str | None:
    """The split that a file is named after."""
    words = re.split(r"[^a-z0-9]+", name.lower())
    while words and words[-1] in ENDINGS + PACKED:
        words.pop()
    last = words[-1] if words else ""
    return next((s for s, names in SPLITS.items() if last in names), None)


def is_packed(name: str) -> bool:
    """Whether a file is named like a packed one."""
    return _ending(name) in PACKED


def is_of_letters(name: str) -> bool:
    """Whether it is like ptb.char.train.txt, which lies beside the text in words."""
    return ".char." in name.lower()


def is_text(name: str) -> bool:
    """Whether a file is called like a text, or after a split."""
    return not is_packed(name) and (_ending(name) in ENDINGS or bool(split_of(name)))


def is_hidden(name: str) -> bool:
    """Whether a file is not meant to be seen, or an editor's copy."""
    return name.startswith(".") or name.endswith("~")


def listed(names: Sequence[str], limit: int = SHOWN) -> str:
    """Some of the names, and the number of the others."""
    more = len(names) - limit
    shown = ", ".join(map(lines.quoted, names[:limit]))
    return f"{shown} and {more} more" if more > 0 else shown


def _ending(name: str) -> str:
    return os.path.splitext(name)[1].lower().removeprefix(".")
