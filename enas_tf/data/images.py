"""Image classification data: what it is once loaded, and where each kind comes from.

No TensorFlow here: a source imports what it needs when it is asked.
"""

import contextlib
import dataclasses
import os
import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from enas_tf import config as config_lib

# Words in the names of sets in which a mirrored image is another class, or nothing at
# all: characters, and traffic signs, which have arrows. Clothes that are filed like
# MNIST may be mirrored; drawings (quickdraw) as well.
CHARACTERS = {"digits", "mnist", "emnist", "kmnist", "qmnist", "kuzushiji", "k49"}
CHARACTERS |= {"svhn", "cmaterdb", "omniglot", "letters", "characters", "alphabet"}
CHARACTERS |= {"alpha", "chars74k", "gtsrb"}
NO_CHARACTERS = {"fashion"}


class Split(NamedTuple):
    """Images [N, H, W, C] uint8 and labels [N] int32."""

    images: np.ndarray
    labels: np.ndarray


@dataclasses.dataclass(frozen=True)
class ImageData:
    """A data set in memory.

    Attributes:
      name: what the user called it.
      train: what the child learns from in a search.
      valid: what the controller is rewarded on.
      test: seen by evaluations only.
      class_names: the name of each label.
      notes: lines that the program should log, such as how splits came to be.
    """

    name: str
    train: Split
    valid: Split
    test: Split
    class_names: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width, channels."""
        return self.train.images.shape[1:]

    @property
    def num_classes(self) -> int:
        """How many labels there are, also where an image of one is missing."""
        return len(self.class_names)

    @property
    def default_flip(self) -> bool:
        """Whether a mirrored image is still of its class, as far as its name tells.

        Names of TFDS have parts: `collection:set/config:version`.
        """
        words = set(re.split("[^a-z0-9]+", self.name.lower()))
        return not words & CHARACTERS or bool(words & NO_CHARACTERS)

    @property
    def default_pad(self) -> int:
        """Pixels of padding before a random crop: 4 for 32 x 32, as published."""
        return min(self.image_shape[:2]) // 8

    def all_training(self) -> Split:
        """Training and validation together, for training an arc from scratch."""
        return Split(
            np.concatenate([self.train.images, self.valid.images]),
            np.concatenate([self.train.labels, self.valid.labels]),
        )


def load(config: config_lib.DataConfig) -> ImageData:
    """Read the data that `config` names into memory.

    Where there is no official split, `config.split_seed` decides which images are set
    aside.

    Raises:
      ConfigError: it is not there, cannot be read, or is not image classification.
    """
    if config.data_path:
        return _load_folder(config)
    if config.dataset == "digits":
        from enas_tf.data import digits

        return digits.load(config.image_size, seed=config.split_seed)
    from enas_tf.data import tfds_source

    return tfds_source.load(config)


def check_path(data_path: str) -> None:
    """Refuse a `--data_path` that cannot be right, at once and without TensorFlow.

    It must be a folder that holds batches of CIFAR or folders of classes. No image is
    opened. Without a path there is nothing to check.

    Raises:
      ConfigError: it is none of these.
    """
    from enas_tf.data import original_files, split_folders, wrong_path

    if not data_path:
        return
    folder = os.path.expanduser(data_path)
    if not os.path.isdir(folder):
        raise config_lib.ConfigError(wrong_path.refusal(data_path))
    with _listing(data_path):
        if not original_files.find(folder):
            split_folders.layout(folder)


def _load_folder(config: config_lib.DataConfig) -> ImageData:
    from enas_tf.data import class_folders, original_files

    check_path(config.data_path)
    folder = os.path.expanduser(config.data_path)
    size, seed = config.image_size, config.split_seed
    with _listing(config.data_path):
        if batches := original_files.find(folder):
            return original_files.load(batches, image_size=size, seed=seed)
        return class_folders.load(folder, image_size=size, seed=seed)


@contextlib.contextmanager
def _listing(data_path: str) -> Iterator[None]:
    """Makes a refusal of what the system says about a file or folder."""
    try:
        yield
    except OSError as error:
        raise config_lib.ConfigError(
            f"--data_path={data_path}: cannot read {error.filename or data_path} "
            f"({error.strerror or error}). Check the path and its permissions."
        ) from None
