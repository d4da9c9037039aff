"""CIFAR-10 as its authors distribute it, cifar-10-batches-py or -bin."""

import os
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from enas_tf.config import ConfigError
from enas_tf.data import array_pickle, resize, splits
from enas_tf.data.images import ImageData, Split

PIXELS = 3 * 32 * 32
RECORD = 1 + PIXELS  # bytes of a label and an image in a .bin file
CLASS_NAMES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
TRAIN_FILES = tuple(f"data_batch_{number}" for number in range(1, 6))
TEST_FILE = "test_batch"


class Batches(NamedTuple):
    """A folder of batches and the ending of their names, "" or ".bin"."""

    folder: str
    ending: str


def find(folder: str) -> Batches | None:
    """The batches in `folder` or in the archive's folder inside it, if any."""
    for below, ending in (
        ("", ""),
        ("", ".bin"),
        ("cifar-10-batches-py", ""),
        ("cifar-10-batches-bin", ".bin"),
    ):
        place = os.path.join(folder, below) if below else folder
        names = [name + ending for name in (*TRAIN_FILES, TEST_FILE)]
        if any(os.path.isfile(os.path.join(place, name)) for name in names):
            return Batches(place, ending)
    return None


def load(batches: Batches, *, image_size: int = 0) -> ImageData:
    """All of CIFAR-10; validation is the tail of the last batch.

    Raises:
      ConfigError: a batch is missing, cut off or damaged.
      OSError: a file cannot be read.
    """
    read = _READERS[batches.ending]
    parts = [_read_batch(batches, name, read) for name in TRAIN_FILES]
    train = Split(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))
    test = _read_batch(batches, TEST_FILE, read)
    train, test = (
        Split(resize.resize(split.images, image_size), split.labels)
        for split in (train, test)
    )
    given = dict(train=train, test=test)
    found = splits.arrange(given, name=batches.folder, seed=0)
    return ImageData("cifar10", *found[:3], class_names=_class_names(batches))


def _read_batch(batches: Batches, name: str, read: Callable[[str], Split]) -> Split:
    path = os.path.join(batches.folder, name + batches.ending)
    if not os.path.isfile(path):
        raise ConfigError(
            f"--data_path: {path} is missing: data_batch_1 to data_batch_5 and "
            "test_batch must be there. Unpack the whole archive."
        )
    split = read(path)
    if not len(split.labels) or split.labels.min() < 0 or split.labels.max() > 9:
        raise ConfigError(_damaged(path, "its labels are not 0 to 9"))
    return split


def _read_binary(path: str) -> Split:
    records = np.fromfile(path, np.uint8)
    if len(records) % RECORD:
        left = len(records) % RECORD
        raise ConfigError(
            _damaged(path, f"records of {RECORD} bytes, and {left} are left over")
        )
    records = records.reshape(-1, RECORD)
    return Split(_images(records[:, 1:]), records[:, 0].astype(np.int32))


def _read_pickle(path: str) -> Split:
    content = _unpickled(path)
    try:
        data, labels = content[b"data"], content[b"labels"]
    except (KeyError, TypeError, IndexError):
        try:  # written by Python 3
            data, labels = content["data"], content["labels"]
        except (KeyError, TypeError, IndexError):
            raise ConfigError(_damaged(path, "no `data` and `labels`")) from None
    if not _is_pixels(data):
        raise ConfigError(_damaged(path, f"`data` is not [N, {PIXELS}] of bytes"))
    try:
        labels = np.asarray(labels, np.int32)
    except (TypeError, ValueError, OverflowError):
        raise ConfigError(_damaged(path, "`labels` are not integers")) from None
    if labels.shape != data.shape[:1]:
        raise ConfigError(_damaged(path, f"{len(data)} images, {labels.size} labels"))
    return Split(_images(data), labels)


def _is_pixels(data: object) -> bool:
    is_bytes = isinstance(data, np.ndarray) and data.dtype == np.uint8
    return is_bytes and data.ndim == 2 and data.shape[1] == PIXELS


def _unpickled(path: str) -> object:
    with open(path, "rb") as file:
        try:
            return array_pickle.load(file)
        except array_pickle.RefusedError as error:
            reason = f"it names {error}, which is no part of an array"
            raise ConfigError(_damaged(path, reason)) from None
        except OSError:
            raise
        except Exception:  # a damaged pickle can fail in nearly any way
            raise ConfigError(_damaged(path, "the pickle is cut off")) from None


# By the ending of the files.
_READERS = {"": _read_pickle, ".bin": _read_binary}


def _images(rows: np.ndarray) -> np.ndarray:
    """[N, 3072] with the channels one after the other -> [N, 32, 32, 3]."""
    planes = rows.reshape(-1, 3, 32, 32)
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1))


def _class_names(batches: Batches) -> tuple[str, ...]:
    """From batches.meta or batches.meta.txt; as published, where that is no help."""
    try:
        if batches.ending:
            path = os.path.join(batches.folder, "batches.meta.txt")
            with open(path, encoding="utf-8") as file:
                names = file.read().split()
        else:
            content = _unpickled(os.path.join(batches.folder, "batches.meta"))
            names = [str(name, "utf-8") for name in content[b"label_names"]]
    except (OSError, ConfigError, KeyError, TypeError, UnicodeDecodeError):
        return CLASS_NAMES
    return tuple(names) if len(names) == len(CLASS_NAMES) else CLASS_NAMES


def _damaged(path: str, reason: str) -> str:
    return (
        f"--data_path: {path} is damaged or not a CIFAR-10 batch ({reason}): it must "
        "be a file as distributed. Unpack the archive again."
    )
