"""The folder of an exported model, and the move by which one export replaces another.

No TensorFlow here: whoever only looks for an export should not wait for it.
"""

import json
import os
import pathlib
import shutil
import zipfile

from enas_tf.run import layout

# Where TensorFlow Serving keeps files that belong to a model but not to its graph.
EXTRA = "assets.extra"


def names(folder: pathlib.Path, count: int) -> list[str]:
    """The names of the `count` answers of the model in `folder`.

    A class whose name had line breaks, which once was trained on, shifts all names
    behind it in the file beside the model; the list inside it has them as they are.

    Raises:
      OSError: there is no such file.
      ValueError: it is no text, or neither has as many names.
    """
    listed = (folder / layout.CLASSES.file).read_text(encoding="utf-8").splitlines()
    while len(listed) > count and not listed[-1]:
        listed.pop()
    if len(listed) == count:
        return listed
    enclosed = _enclosed(folder / layout.KERAS_FILE)
    if len(enclosed) == count:
        return enclosed
    raise ValueError(
        f"{layout.CLASSES.file} has {len(listed)} names for {count} classes"
    )


def _enclosed(keras_file: pathlib.Path) -> list[str]:
    """The names inside of a .keras file; none where it has none."""
    try:
        with zipfile.ZipFile(keras_file) as archive:
            found = json.loads(archive.read(layout.CLASSES.enclosed))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return []
    is_names = isinstance(found, list) and all(isinstance(n, str) for n in found)
    return found if is_names else []


def fresh(folder: pathlib.Path) -> pathlib.Path:
    """An empty folder beside `folder`, to be filled and then given to `swap`."""
    beside = _sibling(folder, layout.NEW)
    discard(beside)  # of a run that was killed while writing
    beside.mkdir(parents=True)
    return beside


def swap(beside: pathlib.Path, folder: pathlib.Path) -> None:
    """Put `beside` in the place of `folder`, which may exist.

    A folder cannot replace a full one in one move; `restore` knows of the moment
    between the two.
    """
    old = _sibling(folder, layout.OLD)
    discard(old)
    if folder.exists():
        os.replace(folder, old)
    os.replace(beside, folder)
    discard(old)


def restore(folder: pathlib.Path) -> None:
    """Bring back the older export if a run was killed in the middle of a `swap`."""
    old = _sibling(folder, layout.OLD)
    if old.exists() and not folder.exists():
        os.replace(old, folder)


def found(folder: pathlib.Path) -> pathlib.Path:
    """The folder to read: `folder`, or the one that `restore` would put there."""
    old = _sibling(folder, layout.OLD)
    return old if old.exists() and not folder.exists() else folder


def discard(folder: pathlib.Path) -> None:
    """Remove a folder if it is there."""
    shutil.rmtree(folder, ignore_errors=True)


def _sibling(folder: pathlib.Path, suffix: str) -> pathlib.Path:
    return folder.with_name(layout.beside(folder.name, suffix))
