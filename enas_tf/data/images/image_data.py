"""Images: a split, and a data set of three."""

import dataclasses
import re
from typing import NamedTuple

import numpy as np

from enas_tf.data.images import store

# Words in the names of sets in which a mirrored image is another class, or nothing at
# all: characters, and traffic signs, which have arrows. Clothes that are filed like
# MNIST may be mirrored; drawings (quickdraw) as well.
CHARACTERS = {"digits", "mnist", "emnist", "kmnist", "qmnist", "kuzushiji", "k49"}
CHARACTERS |= {"svhn", "cmaterdb", "omniglot", "letters", "characters", "alphabet"}
CHARACTERS |= {"alpha", "chars74k", "gtsrb"}
NO_CHARACTERS = {"fashion"}


class Split(NamedTuple):
    """Images [N, H, W, C] uint8, in memory or mapped, and labels [N] int32."""

    images: np.ndarray
    labels: np.ndarray


@dataclasses.dataclass(frozen=True)
class ImageData:
    """A data set.

    Attributes:
      name: the user's name for it.
      train: the child's, in a search.
      valid: the controller's, for its rewards.
      test: for evaluations only.
      class_names: the name of each label.
      notes: lines that the program should log, such as how splits came to be.
    """

    name: str
    train: Split
    valid: Split
    test: Split
    class_names: tuple[str, ...]
    notes: tuple[str, ...] = ()

    unit = "images"
    answers = "classes"

    @property
    def sizes(self) -> tuple[int, int, int]:
        """How many images are in train, valid and test."""
        return len(self.train.labels), len(self.valid.labels), len(self.test.labels)

    @property
    def num_answers(self) -> int:
        """How many classes there are."""
        return self.num_classes

    @property
    def arrays(self) -> list[np.ndarray]:
        """Images and labels of train, valid and test."""
        return [*self.train, *self.valid, *self.test]

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width, channels."""
        return self.train.images.shape[1:]

    @property
    def num_classes(self) -> int:
        """The number of classes, those without an image included."""
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
            store.joined(self.train.images, self.valid.images),
            np.concatenate([self.train.labels, self.valid.labels]),
        )
