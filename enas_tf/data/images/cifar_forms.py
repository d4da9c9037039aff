"""The four forms of CIFAR's files: the names of files and of classes."""

import os
from typing import Any, NamedTuple

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import array_pickle, split_folders

CIFAR10_NAMES = (
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


class Form(NamedTuple):
    """One form.

    Attributes:
      name: of the data set.
      folder: that the archive unpacks to.
      ending: of the files with images.
      train: their names, for training, without the ending. More may be numbered on.
      test: the same of the one for testing.
      enough: the number of files that tell that a folder is of this form.
      labels: the key of the images' classes in a pickle.
      label_bytes: bytes before an image in a binary file, the last is its class.
      names_file: of the names of the classes, one a line or in a pickle.
      names_key: their key in that pickle.
    """

    name: str
    folder: str
    ending: str
    train: tuple[str, ...]
    test: str
    enough: int
    labels: str
    label_bytes: int
    names_file: str
    names_key: str

    @property
    def is_pickle(self) -> bool:
        """Else the files are binary."""
        return not self.ending


_TEN = Form(
    name="cifar10",
    folder="cifar-10-batches-py",
    ending="",
    train=tuple(f"data_batch_{number}" for number in range(1, 6)),
    test="test_batch",
    enough=1,
    labels="labels",
    label_bytes=1,
    names_file="batches.meta",
    names_key="label_names",
)
_HUNDRED = Form(
    name="cifar100",
    folder="cifar-100-python",
    ending="",
    train=("train",),
    test="test",
    enough=2,
    labels="fine_labels",
    label_bytes=2,
    names_file="meta",
    names_key="fine_label_names",
)
FORMS = (
    _TEN,
    _TEN._replace(
        folder="cifar-10-batches-bin", ending=".bin", names_file="batches.meta.txt"
    ),
    _HUNDRED,
    _HUNDRED._replace(
        folder="cifar-100-binary", ending=".bin", names_file="fine_label_names.txt"
    ),
)


class Batches(NamedTuple):
    """A folder of batches, and the form that they have."""

    folder: str
    form: Form

    def path(self, name: str) -> str:
        """Of a file with images, by its name without the ending."""
        return os.path.join(self.folder, name + self.form.ending)

    @property
    def files(self) -> dict[str, list[str]]:
        """The names of the files of each split."""
        return dict(train=self.train_files(), test=[self.form.test])

    def train_files(self) -> list[str]:
        """The form's names, and those that are numbered on: data_batch_6, ..."""
        names = list(self.form.train)
        stem, _, last = names[-1].rpartition("_")
        number = int(last) if stem else 0
        while stem and os.path.isfile(self.path(f"{stem}_{number + 1}")):
            number += 1
            names.append(f"{stem}_{number}")
        return names


def find(folder: str) -> Batches | None:
    """The batches in `folder` or in the archive's folder inside it, if any."""
    for form in FORMS:
        for place in (folder, os.path.join(folder, form.folder)):
            batches = Batches(place, form)
            paths = [batches.path(name) for name in (*form.train, form.test)]
            paths.append(os.path.join(place, form.names_file))
            if sum(map(os.path.isfile, paths)) >= form.enough:
                return batches
    return None


def class_names(batches: Batches) -> tuple[str, ...]:
    """The name of each label; CIFAR-10's own where the file of names is missing.

    Raises:
      ConfigError: there are none, or the file is damaged.
    """
    path = os.path.join(batches.folder, batches.form.names_file)
    if not os.path.isfile(path):
        if batches.form.name == "cifar10":
            return CIFAR10_NAMES
        raise ConfigError(
            f"--data_path: {path} is missing: it must name the classes. Unpack the "
            "whole archive."
        )
    read = _pickled_names if batches.form.is_pickle else _written_names
    names = read(path, batches.form.names_key)
    if len(names) < 2:
        raise ConfigError(damaged(path, f"it has {len(names)} names, not 2 or more"))
    for name in names:
        split_folders.check_name(name, path)
    return names


def unpickled(path: str) -> object:
    """The object in a pickle of arrays, lists and text.

    Raises:
      ConfigError: it is damaged, or holds something else.
      OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        try:
            return array_pickle.load(file)
        except array_pickle.RefusedError as error:
            reason = f"it names {error}, which is no part of an array"
            raise ConfigError(damaged(path, reason)) from None
        except OSError:
            raise
        except Exception:  # a damaged pickle can fail in nearly any way
            raise ConfigError(damaged(path, "the pickle is cut off")) from None


def entry(content: object, key: str) -> Any:
    """`content[key]`, whose key is bytes in a pickle of Python 2, text in one of 3.

    Raises:
      KeyError: there is no such entry.
    """
    for form in (key.encode(), key):
        if isinstance(content, dict) and form in content:
            return content[form]
    raise KeyError(key)


def damaged(path: str, reason: str) -> str:
    """The line that refuses a file."""
    return (
        f"--data_path: {path} is damaged or not a file of CIFAR ({reason}): it must be "
        "as distributed. Unpack the archive again."
    )


def _written_names(path: str, key: str) -> tuple[str, ...]:
    try:
        with open(path, encoding="utf-8") as file:
            names = [line.strip() for line in file]
    except UnicodeDecodeError:
        raise ConfigError(damaged(path, "it is no text in UTF-8")) from None
    while names and not names[-1]:  # one before another name would shift the labels
        names.pop()
    return tuple(names)


def _pickled_names(path: str, key: str) -> tuple[str, ...]:
    try:
        names = list(entry(unpickled(path), key))
        return tuple(n.decode() if isinstance(n, bytes) else str(n) for n in names)
    except (KeyError, TypeError, UnicodeDecodeError):
        raise ConfigError(damaged(path, f"no `{key}`")) from None
