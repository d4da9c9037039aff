"""Small files written whole, and refusals of the operating system in one line."""

import contextlib
import copy
import errno
import functools
import json
import math
import os
import pathlib
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from enas_tf.config import sections as config

DRAFT = ".tmp"  # ends the name of a file that is not yet whole
CHECKSUM = "checksum"  # the key by which a JSON object tells that it is whole

FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


class Damaged(config.ConfigError):
    """A file does not hold what this program wrote into it."""


class Unwritable(config.ConfigError):
    """Nobody can write there, or not this user: forbidden, read-only, or full."""


class Read(NamedTuple):
    """An object that was read.

    Attributes:
      value: without its checksum.
      sealed: whether it had one; files of versions before 0.3 have none.
    """

    value: dict[str, Any]
    sealed: bool


@contextlib.contextmanager
def refusals(path: str | os.PathLike) -> Iterator[None]:
    """Turns an OSError of the block into a ConfigError about `path`."""
    try:
        yield
    except OSError as error:
        unwritable = error.errno in (*_FORBIDDEN, *FULL)
        kind = Unwritable if unwritable else config.ConfigError
        raise kind(explain(path, error)) from None


def explain(path: str | os.PathLike, error: OSError) -> str:
    """A sentence on `error` for the user who wanted to use `path`."""
    if error.errno in FULL:
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


def write_json(path: pathlib.Path, value: Mapping[str, object]) -> None:
    """`write_text` of an object as JSON, sealed: `CHECKSUM` is a key of it.

    Numbers go by `finite`.
    """
    plain = json.loads(json.dumps(finite(value)))
    sealed = {**plain, CHECKSUM: _checksum(plain)}
    write_text(path, json.dumps(sealed, indent=1) + "\n")


def read_json(path: pathlib.Path) -> dict[str, Any]:
    """The object in the file `path`, written by `write_json`; see `read_sealed`."""
    return read_sealed(path).value


def read_sealed(path: pathlib.Path) -> Read:
    """The object in the file `path`, and whether a checksum vouches for it.

    Raises:
      Damaged: it holds no JSON object, or not the one that was written.
      ConfigError: it cannot be read.
    """
    with refusals(path):
        content = path.read_bytes()
    try:
        return copy.deepcopy(_understood(content))
    except (ValueError, RecursionError) as error:
        raise Damaged(f"{path} is damaged: {error}.") from None


# A command reads the same few files some thirty times before it begins.
@functools.lru_cache(maxsize=8)
def _understood(content: bytes) -> Read:
    """The object that a file holds; nobody changes it.

    Raises:
      ValueError: it holds none, or not the one that was written.
    """
    value = json.loads(
        content.decode("utf-8"),
        object_pairs_hook=_once,
        parse_constant=_number,
        parse_float=_number,
    )
    if not isinstance(value, dict):
        raise ValueError("it holds no JSON object")
    sealed = CHECKSUM in value
    if sealed and value.pop(CHECKSUM) != _checksum(value):
        raise ValueError("it is not what was written")
    return Read(value, sealed)


def _checksum(value: Mapping[str, object]) -> str:
    """Equal for equal objects, however they are laid out in a file."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return f"{zlib.crc32(text.encode()):08x}"


def _once(pairs: list[tuple[str, object]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a key is there twice")
    return value


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number of JSON")
    return number


def finite(value: object) -> Any:
    """`value` with null in place of numbers that are not finite.

    JSON has none of these: of a loss that is no number, of a perplexity beyond what a
    float holds. So it is in every file of a run.
    """
    if isinstance(value, dict):
        return {key: finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
