"""What lies where in a run's folder: which names are files, which are folders.

The one table of it. What is of the other kind was put there by somebody else, and is
neither written into nor removed. No TensorFlow.
"""

import pathlib
import shutil

from enas_tf.config.sections import ConfigError
from enas_tf.run import disk

RUN, COPY = "run.json", "run.copy.json"
SETTINGS = "config.json"
LOCK = ".lock"

FOLDERS = (
    "checkpoints",
    "checkpoints/search",
    "checkpoints/train",
    "search",
    "train",
    "arcs",
    "tensorboard",
    "tensorboard/search",
    "tensorboard/train",
    "final",
    "final/saved_model",
    ".final.new",
    ".final.old",
    "evaluation",
)
FILES = (
    LOCK,
    SETTINGS,
    "search/config.json",
    "train/config.json",
    "checkpoints/*/ckpt-*.index",  # a save that was killed leaves a folder ckpt-7_temp
    "checkpoints/*/ckpt-*.data-*",
    "metrics.jsonl",
    "metrics.jsonl.damaged",
    "metrics.jsonl.new",
    "curves.png",
    "arcs/best.json",
    "arcs/best.txt",
    "arcs/best.png",
    "arcs/sampled.jsonl",
    "arcs/sampled.png",
    "arcs/derived.jsonl",
    "tensorboard/*/events.*",
    "final/model.keras",
    "final/classes.txt",
    "final/vocabulary.txt",
    "final/SHA256SUMS",
    "evaluation/classes.json",
    "evaluation/confusion.png",
    COPY,
    RUN,
)
# The order of --reset_output_dir. Checkpoints first: the rest of a reset that was
# killed must not go on; the marks last, so that it can be repeated.
WRITTEN = tuple(name for name in (*FOLDERS, *FILES) if "/" not in name and name != LOCK)


def refuse_wrong_kinds(folder: pathlib.Path) -> None:
    """Refuse a folder where a file should be, and a file where a folder should be.

    Raises:
      ConfigError: there is one; it is named.
    """
    with disk.refusals(folder):
        for pattern in FOLDERS:
            for path in sorted(folder.glob(pattern)):
                if not path.is_dir():
                    raise _wrong(path, "file", "folder")
        for pattern in FILES:
            for path in sorted(folder.glob(pattern)):
                if path.exists() and not path.is_file():
                    found = "folder" if path.is_dir() else "pipe or device"
                    raise _wrong(path, found, "file")


def remove(folder: pathlib.Path) -> None:
    """Remove all files of this program; the target of a link stays."""
    for name in WRITTEN:
        for path in (folder / name, folder / f"{name}{disk.DRAFT}"):
            with disk.refusals(path):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)


def _wrong(path: pathlib.Path, found: str, wanted: str) -> ConfigError:
    return ConfigError(
        f"{path} is a {found}, where this program has a {wanted} of its own. Move it "
        "away and give the same command again."
    )
