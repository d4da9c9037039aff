"""The content of a text file, or one line on why it cannot be read."""

import re

from enas_tf.config.sections import ConfigError
from enas_tf.data.text import words

HEAD_BYTES = 4096  # enough to tell a packed or binary file
# The first bytes of packed files, by the names of their formats.
_PACKED = {
    "gzip": rb"\x1f\x8b",
    "zip": rb"PK\x03\x04",
    "bzip2": rb"BZh[1-9]1AY&SY",
    "xz": rb"\xfd7zXZ\x00",
    "zstd": rb"\x28\xb5\x2f\xfd",
    "7z": rb"7z\xbc\xaf\x27\x1c",
}
_UTF_16_OR_32 = rb"\xff\xfe|\xfe\xff|\x00\x00\xfe\xff"


def check(path: str, flag: str = "data_path") -> None:
    """Refuse a file by its first bytes, without reading the rest.

    Raises:
      ConfigError: as `read`.
    """
    head = _bytes(path, flag, HEAD_BYTES)
    _refuse_empty(not head, path, flag)
    _refuse_packed(head, path, flag)
    _refuse_binary(head, path, flag)


def read(path: str, flag: str = "data_path") -> list[str]:
    """The lines of a text file, without empty ones at its beginning and end.

    `flag` is the flag that named it, for refusals.

    Raises:
      ConfigError: it cannot be read, is empty, or is not UTF-8 text.
    """
    content = _bytes(path, flag)
    _refuse_packed(content, path, flag)
    _refuse_binary(content, path, flag)
    lines = words.lines_of(_decoded(content, path, flag))
    _refuse_empty(lines == [""], path, flag)
    return lines


def _bytes(path: str, flag: str, size: int = -1) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(size)
    except IsADirectoryError:
        raise ConfigError(
            f"--{flag}: {path} is a folder: it must be a text file. Rename the "
            "folder, or correct the path."
        ) from None
    except PermissionError as error:
        raise _unread(path, flag, error, "Check its permissions.") from None
    except OSError as error:
        raise _unread(path, flag, error, "Check the path and the disk.") from None


def _unread(path: str, flag: str, error: OSError, remedy: str) -> ConfigError:
    return ConfigError(
        f"--{flag}: cannot read {path} ({error.strerror}): it must be a text file. "
        f"{remedy}"
    )


def _refuse_empty(is_empty: bool, path: str, flag: str) -> None:
    if is_empty:
        raise ConfigError(
            f"--{flag}: {path} is empty: it must have at least one word. Write the "
            "text into it, or correct the path."
        )


def _refuse_packed(content: bytes, path: str, flag: str) -> None:
    for name, beginning in _PACKED.items():
        if re.match(beginning, content):
            raise ConfigError(
                f"--{flag}: {path} is packed ({name}): it must be plain text in UTF-8. "
                "Unpack it, and name what comes out."
            )


def _refuse_binary(content: bytes, path: str, flag: str) -> None:
    if re.match(_UTF_16_OR_32, content):
        raise _no_text(path, flag, "it is in UTF-16 or UTF-32")
    if b"\0" in content:
        raise _no_text(path, flag, "it has NUL bytes")


def _decoded(content: bytes, path: str, flag: str) -> str:
    try:
        return content.decode("utf-8-sig")  # with a byte order mark or without
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        reason = f"byte 0x{byte:02x} in line {line} is not UTF-8"
        raise _no_text(path, flag, reason) from None


def _no_text(path: str, flag: str, reason: str) -> ConfigError:
    return ConfigError(
        f"--{flag}: {path} is not a text file ({reason}): it must be plain text in "
        "UTF-8. Save it as such, or correct the path."
    )
