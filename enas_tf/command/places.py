"""Where the user's data, input and output are: looked at before TensorFlow is imported.

The contents of files are looked at by those who read them; here a path that cannot be
right costs no seconds, and no folder is created for it.
"""

import os
import pathlib

from enas_tf.config import data as data_lib
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config, ConfigError, DataConfig
from enas_tf.config.spaces import registry
from enas_tf.data import memory
from enas_tf.data.images import load as images
from enas_tf.data.images import pictures
from enas_tf.data.text import files as text_files
from enas_tf.data.text import load as text
from enas_tf.run import disk

_HEAD = 4096  # bytes that tell a text from something else


def check_data(config: Config) -> None:
    """Refuse data that cannot be there.

    Raises:
      ConfigError: --data_path is not what the space reads, --data_dir or --data_cache
        is no folder, or --dataset is none of the space.
    """
    if memory.source(config.data):
        return
    if config.run.search_for in config_lib.TEXTS:
        _check_text(config.data)
        return
    _check_cache(config.data.data_cache)
    if config.data.data_path:
        images.check_path(config.data.data_path)
    else:
        _check_dataset(config.data)


def check_input(value: str, space: str) -> None:
    """Refuse an --input that --mode=predict cannot read in that space.

    Raises:
      ConfigError: it is not there, or is of another kind.
    """
    wanted = registry.SPECS[space].data.wanted
    path = pathlib.Path(os.path.expanduser(value))
    if not os.path.exists(path):
        raise ConfigError(f"--input={value} does not exist. Give {wanted}.")
    if not path.is_file() and not path.is_dir():  # a pipe, which none may ever write to
        raise ConfigError(f"--input={value} is no file or folder. Give {wanted}.")
    try:
        stranger = _stranger(path, of_texts=space in config_lib.TEXTS)
    except OSError as error:
        reason = error.strerror or error
        raise ConfigError(
            f"--input={value} cannot be read ({reason}). Give {wanted}."
        ) from None
    if stranger:
        raise ConfigError(
            f"--input={value} is {stranger}, but the model is of the {space} space "
            f"and reads {wanted}. Give one, or the --output_dir of another model."
        )


def check_output(path: pathlib.Path) -> None:
    """Refuse an --output_dir that cannot even be looked at; ConfigError says why."""
    with disk.refusals(path):
        path.exists()


def _check_text(data: DataConfig) -> None:
    if data.data_path:
        text_files.find(data.data_path)
    elif data.dataset not in text.DATASETS:
        allowed = f"one of {', '.join(text.DATASETS)} with {_spaces_of_texts()}"
        remedy = "Correct it, or name a folder of text files with --data_path."
        raise ConfigError(config_lib.refusal("dataset", data.dataset, allowed, remedy))


def _check_dataset(data: DataConfig) -> None:
    if data.dataset in text.DATASETS:
        remedy = f"{data.dataset} is a text: add {_spaces_of_texts()}, or name images."
        allowed = "`digits` or an image classification data set of TFDS"
        raise ConfigError(config_lib.refusal("dataset", data.dataset, allowed, remedy))
    folder = os.path.expanduser(data.data_dir)
    if data.dataset in data_lib.EMBEDDED_IMAGES or not folder or os.path.isdir(folder):
        return
    problem = "is a file" if os.path.exists(folder) else "does not exist"
    raise ConfigError(
        f"--data_dir={data.data_dir} {problem}: it must be a folder with data of TFDS. "
        "Correct it, or make the folder first, for a download."
    )


def _check_cache(data_cache: str) -> None:
    if data_cache and not os.path.isdir(os.path.expanduser(data_cache)):
        raise ConfigError(
            f"--data_cache={data_cache} is no folder: it must be one that can be "
            "written to. Make it first, or leave --data_cache out."
        )


def _spaces_of_texts() -> str:
    return " or ".join(f"--search_for={name}" for name in config_lib.TEXTS)


def _stranger(path: pathlib.Path, *, of_texts: bool) -> str:
    """The kind of `path`, in words, where it is not one that is read; else ""."""
    if path.is_dir():
        return _strange_folder(path, of_texts=of_texts)
    if of_texts or pictures.is_one(path):
        return "an image" if of_texts and pictures.is_one(path) else ""
    with path.open("rb") as file:
        return "a text" if _is_text(file.read(_HEAD)) else ""


def _strange_folder(path: pathlib.Path, *, of_texts: bool) -> str:
    """The same by the endings of the files below."""
    endings = {file.suffix.lower() for file in path.rglob("*") if file.is_file()}
    if not endings:
        return "a folder without files"
    of_images = endings & set(pictures.ENDINGS)
    if of_texts:
        return "" if endings - of_images else "a folder of images"
    return "" if of_images else "a folder without images"


def _is_text(head: bytes) -> bool:
    """Whether a file that begins with `head` may be a text."""
    if not head or b"\0" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4 > 0  # the last character is cut
    return True
