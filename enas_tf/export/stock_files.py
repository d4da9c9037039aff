"""`model.keras` and `saved_model/`, asked as files of other formats are.

Inputs and outputs by name, as NumPy's arrays. Of a language model a SavedModel gives
"probabilities" of the word behind all words, model.keras "logits" behind each.
"""

import pathlib

import keras
import numpy as np
import tensorflow as tf

from enas_tf.export import asked

# A language model's layer is found by its name once this is imported.
from enas_tf.nn import language  # noqa: F401

_OF_TEXTS = ("logits", "next_state")


class KerasFile:
    """`model.keras`; no code of it is run."""

    def __init__(self, path: pathlib.Path):
        """Reads the file.

        Args:
          path: of the file.
        """
        model = keras.models.load_model(path, compile=False, safe_mode=True)
        self.inputs = asked.shapes({one.name: one.shape for one in model.inputs})
        names = _OF_TEXTS if len(model.outputs) > 1 else ("probabilities",)
        shapes = (one.shape for one in model.outputs)
        self.outputs = asked.shapes(dict(zip(names, shapes, strict=True)))
        self._run = tf.function(
            lambda inputs: model(inputs, training=False), reduce_retracing=True
        )

    def __call__(self, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        """The outputs by name."""
        given = [tf.constant(inputs[name]) for name in self.inputs]
        if len(given) == 1:
            found = [self._run(tf.cast(given[0], tf.float32))]
        else:
            found = self._run(given)
        return {n: v.numpy() for n, v in zip(self.outputs, found, strict=True)}


class SavedModelFile:
    """`saved_model/`, by the signature that takes what `KerasFile` takes."""

    def __init__(self, path: pathlib.Path):
        """Reads the folder.

        Args:
          path: of the folder.
        """
        self._model = tf.saved_model.load(str(path))
        signatures = self._model.signatures
        self._of_texts = "next_word" in signatures
        self._run = signatures["next_word" if self._of_texts else "serving_default"]
        taken = self._run.structured_input_signature[1]
        shapes = {name: spec.shape for name, spec in taken.items()}
        if self._of_texts:
            shapes = dict(words=shapes["ids"], state=shapes["state"])
        self.inputs = asked.shapes(shapes)
        given = self._run.structured_outputs["probabilities"]
        self.outputs = asked.shapes(dict(probabilities=given.shape))

    def __call__(self, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        """The outputs by name."""
        if self._of_texts:
            inputs = dict(ids=inputs["words"], state=inputs["state"])
        given = {name: tf.constant(value) for name, value in inputs.items()}
        return dict(probabilities=self._run(**given)["probabilities"].numpy())
