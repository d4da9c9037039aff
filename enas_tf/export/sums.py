"""Whether an export is what was written: the SHA-256 sums of its files beside them.

SHA256SUMS is in the form of `sha256sum -c`, so that it serves whoever is handed the
folder. No TensorFlow: a damaged model is refused before that is imported.
"""

import hashlib
import json
import pathlib
import re
import zipfile
import zlib

from enas_tf.config.sections import ConfigError
from enas_tf.export import folder as exported
from enas_tf.run import layout

_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
_NAMES = {names.file: names.enclosed for names in layout.NAMES_FILES}
# The errors of Python's zipfile on damage, by its place in the file.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    RuntimeError,  # a flag says that the file is encrypted, or packed in a strange way
    LookupError,
)


def write(folder: pathlib.Path) -> None:
    """Write the sums of all files in `folder` and below it."""
    lines = [f"{_sum(folder / name)}  {name}\n" for name in _files(folder)]
    (folder / layout.SUMS).write_text("".join(lines), encoding="utf-8")


def refuse_damaged(final: pathlib.Path, asked: str = "") -> None:
    """Refuse an export that is not what was written.

    One of an earlier version has no sums; its `model.keras` is a zip, which has some of
    its own, and names inside that those beside it are compared with.

    Args:
      final: the folder of the export.
      asked: the file of another format that is asked, which has nothing but its sum.

    Raises:
      ConfigError: it is damaged; the file is named.
    """
    folder = exported.found(final)
    try:
        has_sums = (folder / layout.SUMS).exists()
        wrong = _wrong(folder, asked) if has_sums else _wrong_old(folder)
        if asked and not has_sums:
            wrong = f"{layout.SUMS} is not there, which has the sum of {asked}"
    except OSError as error:
        name = pathlib.Path(error.filename or final).name
        wrong = f"{name} cannot be read ({error.strerror})"
    if wrong:
        raise ConfigError(
            f"{final}/{wrong}. Write the model anew with --mode=export and "
            f"--output_dir={final.parent}."
        )


def _wrong(folder: pathlib.Path, asked: str) -> str:
    """The first file that is not as the sums have it, in words; "" if all are."""
    try:
        # Not splitlines, which takes other signs than this one for ends as well.
        *lines, rest = (folder / layout.SUMS).read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError:
        return f"{layout.SUMS} is damaged"
    found = [_LINE.fullmatch(line) for line in lines]
    sums = {match[2]: match[1] for match in found if match}
    if rest or not all(found):
        return f"{layout.SUMS} is damaged"
    for name in sorted(sums):
        path = folder / name
        if not path.is_file() or _sum(path) != sums[name]:
            return f"{name} is not as {layout.SUMS} has it: damaged, or changed since"
    needed = {n for n in _files(folder) if _is_needed(n) or n == asked}
    return "" if needed <= set(sums) else f"{layout.SUMS} is damaged"


def _wrong_old(folder: pathlib.Path) -> str:
    """The same of an export without sums."""
    broken = f"{layout.KERAS_FILE} is damaged"
    try:
        with zipfile.ZipFile(folder / layout.KERAS_FILE) as archive:
            if archive.testzip():
                return broken
            enclosed = {
                file: json.loads(archive.read(inside))
                for file, inside in _NAMES.items()
                if inside in archive.namelist()
            }
    except _BROKEN:
        return broken
    for file, names in enclosed.items():
        text = (folder / file).read_bytes()
        if text != "".join(f"{name}\n" for name in names).encode():
            return f"{file} has other names than {layout.KERAS_FILE}"
    return ""


def _is_needed(name: str) -> bool:
    """Whether an answer hangs on that file; beside it may lie what the user likes."""
    variables = f"{layout.SAVED_MODEL}/variables/"
    graph = f"{layout.SAVED_MODEL}/saved_model.pb"
    return name in (layout.KERAS_FILE, graph, *_NAMES) or name.startswith(variables)


def _files(folder: pathlib.Path) -> list[str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    names = (path.relative_to(folder).as_posix() for path in found)
    return sorted(name for name in names if name != layout.SUMS)


def _sum(path: pathlib.Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
