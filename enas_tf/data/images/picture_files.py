"""The pictures below a folder, and the files that are left out, by reason."""

import collections
import os
from typing import NamedTuple

from enas_tf.data.images import pictures
from enas_tf.run import lines

# Files of systems and programs; no pictures of the user's, whatever they hold.
LITTER = ("thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "@eadir")
COPIES, HIDDEN = "._* (copies by macOS)", "hidden"
SHOWN = 10  # reasons that are named


class Found(NamedTuple):
    """Pictures below a folder, and the number of files left out for each reason."""

    paths: list[str]
    left_out: collections.Counter[str]


def find(folder: str) -> Found:
    """The pictures in `folder` and in the folders below it, folder by folder.

    Links are followed. A link to nothing counts as the picture that its name promises,
    so that it is met when pictures are read.

    Raises:
      OSError: a folder cannot be listed.
    """
    found = Found([], collections.Counter())
    _collect(folder, found, above=())
    found.paths.sort(key=os.path.split)
    return found


def is_litter(name: str) -> bool:
    """Whether a file or folder is hidden, or one that a system left behind."""
    return name.startswith(".") or name.lower() in LITTER


def count_litter(entry: os.DirEntry, left_out: collections.Counter[str]) -> None:
    """Count what `is_litter`, with all that lies below it."""
    if entry.is_dir(follow_symlinks=False):
        count = sum(len(files) for _, _, files in os.walk(entry.path))
        left_out[f"in {entry.name}/"] += count
        return
    copies = COPIES if entry.name.startswith("._") else HIDDEN
    left_out[entry.name if _is_known(entry.name) else copies] += 1


def in_words(left_out: collections.Counter[str]) -> str:
    """`7 files are left out: 3 in .git/, 4 .txt`; empty if there are none.

    Files of systems come first: often nobody knows that they are there.
    """
    reasons = sorted(
        (+left_out).items(), key=lambda item: (not _litter(item[0]), -item[1])
    )
    if not reasons:
        return ""
    listed = [f"{count} {lines.quoted(reason)}" for reason, count in reasons[:SHOWN]]
    others = sum(count for _, count in reasons[SHOWN:])
    listed += [f"{others} others"] if others else []
    total = sum(count for _, count in reasons)
    verb = "file is" if total == 1 else "files are"
    return f"{total} {verb} left out: {', '.join(listed)}"


def _is_known(name: str) -> bool:
    return name.lower() in (*LITTER, ".ds_store")


def _litter(reason: str) -> bool:
    """Whether it is one that `count_litter` gives."""
    return reason in (COPIES, HIDDEN) or reason.endswith("/") or _is_known(reason)


def ending(name: str) -> str:
    """In lower case, with its dot; a name without one has none."""
    return os.path.splitext(name)[1].lower()


def _collect(folder: str, found: Found, above: tuple[str, ...]) -> None:
    """Adds to `found`; `above` are the real places of the folders around this one."""
    here = os.path.realpath(folder)
    if here in above:
        found.left_out["in a circle of links"] += 1
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_litter(entry.name):
                count_litter(entry, found.left_out)
            elif entry.is_dir():
                _collect(entry.path, found, (*above, here))
            else:
                _add(entry, found)


def _add(entry: os.DirEntry, found: Found) -> None:
    kind = ending(entry.name)
    if kind not in pictures.ENDINGS:
        found.left_out[kind or "without an ending"] += 1
    elif os.path.isfile(entry.path) or not os.path.exists(entry.path):
        found.paths.append(entry.path)
    else:
        found.left_out["no regular files"] += 1  # a pipe would never end
