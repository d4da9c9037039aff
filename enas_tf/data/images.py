"""Image classification data: what it is once loaded, and where each kind comes from.

No TensorFlow here: a source imports what it needs when it is asked.
"""

import dataclasses
import os
from typing import NamedTuple

import numpy as np

from enas_tf import config as config_lib

# Sets in which a mirrored image is another class, or nothing at all.
UNFLIPPABLE = ("digits", "mnist", "mnist_corrupted", "emnist", "kmnist", "svhn_cropped")


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
        """Whether a mirrored image is still of its class."""
        return self.name.split("/")[0].split(":")[0] not in UNFLIPPABLE

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


def load(config: config_lib.DataConfig, *, seed: int) -> ImageData:
    """Read the data that `config` names into memory.

    Args:
      config: which data, from where.
      seed: decides which images are set aside, where there is no official split.

    Raises:
      ConfigError: it is not there, cannot be read, or is not image classification.
    """
    if config.data_path:
        return _load_folder(config, seed=seed)
    if config.dataset == "digits":
        from enas_tf.data import digits

        return digits.load(config.image_size, seed=seed)
    from enas_tf.data import tfds_source

    return tfds_source.load(config, seed=seed)


def _load_folder(config: config_lib.DataConfig, *, seed: int) -> ImageData:
    from enas_tf.data import class_folders, original_files

    folder = os.path.expanduser(config.data_path)
    if not os.path.isdir(folder):
        raise config_lib.ConfigError(
            f"--data_path={config.data_path} is not a folder: it must be "
            "cifar-10-batches-py, cifar-10-batches-bin or hold one folder per class. "
            "Unpack an archive first, or correct the path."
        )
    try:
        if batches := original_files.find(folder):
            return original_files.load(batches, image_size=config.image_size)
        return class_folders.load(folder, image_size=config.image_size, seed=seed)
    except OSError as error:
        raise config_lib.ConfigError(
            f"--data_path={config.data_path}: cannot read {error.filename} "
            f"({error.strerror}). Check the path and its permissions."
        ) from None
