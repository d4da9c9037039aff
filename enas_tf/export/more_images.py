"""An image model in formats beside Keras' and TensorFlow's, for `checked.add`."""

import pathlib
from collections.abc import Iterator
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from enas_tf.export import checked, enclosed, litert_file, onnx_file
from enas_tf.export.asked import Asked
from enas_tf.export.checked import Compared

EXAMPLES = 256  # at most, that are compared
CALIBRATION = 256  # at most, that say how far the tensors of whole numbers reach
_BATCH = 64


class DeployableImages(NamedTuple):
    """The model of `images.deployable`.

    Attributes:
      model: the model.
      images: [N, H, W, C] uint8, that the training has not seen.
      calibration: the same, of the training.
    """

    model: keras.Model
    images: np.ndarray
    calibration: np.ndarray

    @property
    def examples(self) -> str:
        """How many are compared, and of what."""
        return f"{len(self.images)} test images"

    def write(self, name: str, path: pathlib.Path) -> None:
        """Write the file of the format `name`."""
        if name == "onnx":
            onnx_file.write(self._function(tf.uint8), path)
        elif name == "litert":
            litert_file.write(self._function(tf.uint8), path)
        else:
            function = self._function(tf.float32)
            litert_file.write_int8(function, path, self.calibration)
        enclosed.put(path)

    def compare(self, asked: Asked) -> Compared:
        """Hold the probabilities of a file against its own."""
        found = [asked(images=part)["probabilities"] for part in self._batches()]
        own = [np.asarray(self.model(p, training=False)) for p in self._batches()]
        return checked.compared(np.concatenate(found), np.concatenate(own))

    def _batches(self) -> Iterator[np.ndarray]:
        for start in range(0, len(self.images), _BATCH):
            yield self.images[start : start + _BATCH]

    def _function(self, dtype: tf.DType) -> tf.types.experimental.PolymorphicFunction:
        shape = [None, *self.model.input_shape[1:]]
        spec = tf.TensorSpec(shape, dtype, name="images")

        @tf.function(input_signature=[spec])
        def answer(images: tf.Tensor) -> dict[str, tf.Tensor]:
            images = tf.cast(images, tf.float32)
            return {"probabilities": self.model(images, training=False)}

        return answer


def spread(images: np.ndarray, count: int) -> np.ndarray:
    """`count` images, or all, evenly spread: some of each class if sorted by it."""
    places = np.linspace(0, len(images) - 1, min(count, len(images)))
    return np.asarray(images[np.unique(places.astype(int))])
