"""A folder with a text file each for training, validation and test."""

import os

from enas_tf.config import ConfigError

SPLITS = ("train", "valid", "test")
# How the files may be called: as the Penn Treebank's are distributed, or plainly.
FORMS = ("ptb.{}.txt", "{}.txt")


def find(folder: str) -> dict[str, str]:
    """{split: path} of the three files in `folder`.

    Raises:
      ConfigError: it is no folder, or one of the files is missing.
    """
    place = os.path.expanduser(folder)
    if not os.path.isdir(place):
        raise ConfigError(f"--data_path={folder} is not a folder: {_wanted()}.")
    most: dict[str, str] = {}
    for form in FORMS:
        paths = {split: os.path.join(place, form.format(split)) for split in SPLITS}
        found = {split: path for split, path in paths.items() if os.path.isfile(path)}
        most = max(most, found, key=len)
    if missing := [split for split in SPLITS if split not in most]:
        raise ConfigError(
            f"--data_path={folder} has no text file for {' and '.join(missing)}: "
            f"{_wanted()}."
        )
    return most


def read(path: str, flag: str = "data_path") -> list[str]:
    """The lines of a text file, without empty ones at its beginning and end.

    `flag` is what named it, for refusals.

    Raises:
      ConfigError: it cannot be read, is empty, or is not UTF-8 text.
    """
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        raise ConfigError(
            f"--{flag}: cannot read {path} ({error.strerror}): it must be a text "
            "file. Check its permissions."
        ) from None
    text = (
        _decoded(content, path, flag).replace("\r\n", "\n").replace("\r", "\n").strip()
    )
    if not text:
        raise ConfigError(
            f"--{flag}: {path} is empty: it must have at least one word. Write the "
            "text into it, or correct the path."
        )
    return text.split("\n")


def _decoded(content: bytes, path: str, flag: str) -> str:
    reason = "it has NUL bytes"
    if b"\0" not in content:
        try:
            return content.decode("utf-8-sig")  # with a byte order mark or without
        except UnicodeDecodeError as error:
            reason = f"byte {error.start} is not UTF-8"
    raise ConfigError(
        f"--{flag}: {path} is not a text file ({reason}): it must be plain text in "
        "UTF-8. Save it as such, or correct the path."
    )


def _wanted() -> str:
    names = [", ".join(form.format(split) for split in SPLITS) for form in FORMS]
    return f"it must hold {' or '.join(names)}. Add what is missing or correct the path"
