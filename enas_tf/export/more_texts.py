"""A language model as an ONNX file, for `checked.add`."""

import pathlib
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from enas_tf.export import checked, onnx_file
from enas_tf.export.asked import Asked
from enas_tf.export.checked import Compared
from enas_tf.nn.language import WordModel


class DeployableWords(NamedTuple):
    """The layer of a language model.

    Attributes:
      layer: the layer.
      ids: [B, T] int32, pieces of a text that the training has not seen.
    """

    layer: WordModel
    ids: np.ndarray

    @property
    def examples(self) -> str:
        """How many are compared, and of what."""
        rows, words = self.ids.shape
        return f"the word behind {rows} pieces of {words} words"

    def write(self, name: str, path: pathlib.Path) -> None:
        """Write the file; ONNX is the only format there is."""
        del name
        onnx_file.write(self._function(), path)

    def compare(self, asked: Asked) -> Compared:
        """Hold the probabilities of the next word against its own."""
        state = self.layer.initial_state(len(self.ids))
        found = asked(words=self.ids, state=np.asarray(state))
        logits, _ = self.layer(tf.constant(self.ids), state)
        given = found.get("probabilities")
        if given is None:
            given = tf.nn.softmax(found["logits"][:, -1]).numpy()
        return checked.compared(given, tf.nn.softmax(logits[:, -1]).numpy())

    def _function(self) -> tf.types.experimental.PolymorphicFunction:
        words = tf.TensorSpec([None, None], tf.int32, name="words")
        state = tf.TensorSpec([None, self.layer.state_size], tf.float32, name="state")

        @tf.function(input_signature=[words, state])
        def answer(words: tf.Tensor, state: tf.Tensor) -> dict[str, tf.Tensor]:
            logits, after = self.layer(words, state)
            return {"logits": logits, "next_state": after}

        return answer
