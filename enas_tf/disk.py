"""Small files written whole, and what the operating system refuses said in one line."""

import contextlib
import errno
import json
import os
import pathlib
from collections.abc import Iterator
from typing import Any

from enas_tf import config

DRAFT = ".tmp"  # ends the name of a file that is not yet whole

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextlib.contextmanager
def refusals(path: str | os.PathLike) -> Iterator[None]:
    """Turns an OSError of the block into a ConfigError about `path`."""
    try:
        yield
    except OSError as error:
        raise config.ConfigError(explain(path, error)) from None


def explain(path: str | os.PathLike, error: OSError) -> str:
    """What `error` means for the user who wanted to use `path`."""
    if error.errno in _FULL:
        return (
            f"The disk is full, {path} was not written. Free some space and run the "
            "same command again: it continues."
        )
    if error.errno in _FORBIDDEN:
        return (
            f"There is no permission to use {path} ({error.strerror}). Choose another "
            "--output_dir, or change the permissions."
        )
    reason = error.strerror or error
    return f"{path} cannot be used ({reason}). Choose another --output_dir."


def write_text(path: pathlib.Path, text: str) -> None:
    """Writes `text` so that a reader sees all of the old file or all of the new one.

    Raises:
      ConfigError: the disk is full, or there is no permission.
    """
    draft = path.with_name(path.name + DRAFT)
    with refusals(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            draft.write_text(text, encoding="utf-8")
            os.replace(draft, path)
        except OSError:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise


def write_json(path: pathlib.Path, value: Any) -> None:
    """`write_text` of `value` as JSON."""
    write_text(path, json.dumps(value, indent=1) + "\n")


def read_json(path: pathlib.Path) -> dict[str, Any]:
    """The object in the file `path`, written by `write_json`.

    Raises:
      ConfigError: it cannot be read, or holds no JSON object.
    """
    try:
        with refusals(path):
            value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        if isinstance(error, config.ConfigError):
            raise
        value = None
    if not isinstance(value, dict):
        raise config.ConfigError(
            f"{path} is damaged: it holds no JSON object. Delete the folder by hand if "
            "it is not needed, or choose another --output_dir."
        )
    return value
