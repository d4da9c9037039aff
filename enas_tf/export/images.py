"""A trained final child as files that need nothing of this package.

`model.keras` loads with Keras alone, `saved_model/` with TensorFlow alone; both take
raw images and return probabilities.
"""

import pathlib
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from enas_tf.export import writing
from enas_tf.run import layout
from enas_tf.run.layout import NamesFile

# Of a SavedModel, with the type of the images each takes: bytes as files hold them, and
# what a layer of a Keras model gives, to `keras.layers.TFSMLayer`, which calls `serve`.
ENDPOINTS = {"serving_default": tf.uint8, "serve": tf.float32}


def deployable(
    final: keras.Model, *, mean: np.ndarray, std: np.ndarray, name: str
) -> keras.Model:
    """Raw images [B, H, W, C], 0..255 of any number type -> probabilities [B, V].

    Shares the weights of `final`. Standardisation is inside, as a stock layer.

    Args:
      final: standardised images -> logits.
      mean: [C] float64, per channel, in units of 0..255.
      std: the same.
      name: the model's name.
    """
    images = keras.Input(final.input_shape[1:], name="images")
    mean, std = np.asarray(mean, np.float64), np.asarray(std, np.float64)
    # Not Normalization, whose ONNX file is written without a word and cannot be run.
    standardize = keras.layers.Rescaling(
        (1 / std).tolist(), (-mean / std).tolist(), name="standardize"
    )
    logits = final(standardize(images))
    probabilities = keras.layers.Softmax(name="probabilities")(logits)
    return keras.Model(images, probabilities, name=name)


class Served(tf.Module):
    """`ENDPOINTS`, each of images [B, H, W, C] -> probabilities [B, V] float32."""

    def __init__(self, model: keras.Model):
        """Take the model's weights.

        Args:
          model: what `deployable` returned.
        """
        super().__init__()
        # Not the model, whose layers would be saved one by one, which takes as long as
        # all the rest.
        self.weights = [weight.value for weight in model.variables]
        # But those from outside of Keras, which may hold what is no weight: a table.
        self.layers = list(_foreign(model))
        self._shape = [None, *model.input_shape[1:]]
        # Traced once for all endpoints.
        self._answers = tf.function(
            lambda images: model(images, training=False),
            input_signature=[tf.TensorSpec(self._shape, tf.float32)],
            autograph=False,
        )

    def signatures(self) -> dict[str, Callable[..., dict[str, tf.Tensor]]]:
        """By name, each traced for any number of images."""
        answer = tf.function(self.answer, autograph=False)
        return {
            name: answer.get_concrete_function(
                tf.TensorSpec(self._shape, dtype, "images")
            )
            for name, dtype in ENDPOINTS.items()
        }

    def answer(self, images: tf.Tensor) -> dict[str, tf.Tensor]:
        """The probabilities of each class, [B, V]."""
        count = tf.shape(images)[0]
        # A convolution of no images at all gives a wrong shape where oneDNN is on.
        missing = tf.maximum(0, 1 - count)
        images = tf.cast(images, tf.float32)
        images = tf.pad(images, [[0, missing], [0, 0], [0, 0], [0, 0]])
        return {"probabilities": self._answers(images)[:count]}


def _foreign(model: keras.Model) -> Iterator[keras.layers.Layer]:
    """The layers of `model`, and of models in it, that are not Keras' own."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _foreign(layer)
        elif not type(layer).__module__.startswith("keras."):
            yield layer


class DeployedClassifier(NamedTuple):
    """The model of `deployable`, as `writing.export` takes it.

    Attributes:
      model: the model.
      sample: [B, H, W, C] uint8 images to compare answers on.
    """

    model: keras.Model
    sample: np.ndarray

    @property
    def names_file(self) -> NamesFile:
        """The file that names the answers."""
        return layout.CLASSES

    def save(self, folder: pathlib.Path) -> None:
        """Write `saved_model/` into `folder`."""
        served = Served(self.model)
        place = str(folder / layout.SAVED_MODEL)
        tf.saved_model.save(served, place, signatures=served.signatures())

    def differences(
        self, folder: pathlib.Path, loaded: keras.Model, served: tf.Module
    ) -> list[float]:
        """How far the probabilities of the files are from its own, each."""
        expected = np.asarray(self.model(self.sample, training=False))
        answers = [loaded(self.sample, training=False)]
        for name, dtype in ENDPOINTS.items():
            images = tf.constant(self.sample, dtype)
            answers.append(served.signatures[name](images=images)["probabilities"])
        return [float(np.max(np.abs(answer - expected))) for answer in answers]


def export(
    model: keras.Model,
    folder: pathlib.Path,
    *,
    class_names: Sequence[str],
    sample: np.ndarray,
    also: Callable[[pathlib.Path], None] | None = None,
) -> float:
    """Write `folder` whole, or leave it as it was.

    Args:
      model: what `deployable` returned.
      folder: holds `model.keras`, `saved_model/` and `classes.txt` afterwards.
      class_names: V names.
      sample: [B, H, W, C] uint8 images to compare the answers with.
      also: see `writing.export`.

    Returns:
      The largest difference between the probabilities of `model` and those of the two
      files, read again from the disk.

    Raises:
      RuntimeError: that difference is more than `writing.TOLERANCE`.
    """
    if len(class_names) != model.output_shape[-1]:
        raise ValueError(
            f"{len(class_names)} class names for {model.output_shape[-1]} classes"
        )
    deployed = DeployedClassifier(model, sample)
    return writing.export(deployed, folder, class_names, also=also)
