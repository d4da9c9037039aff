"""A language model in formats beside Keras' and TensorFlow's, for `checked.add`.

LiteRT has no loop over a number of words that it does not know: its file reads one word
at a time, which is what a keyboard needs.
"""

import pathlib
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from enas_tf.export import checked, enclosed, litert_file, onnx_file
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
        return f"{rows} test texts of {words} words"

    def write(self, name: str, path: pathlib.Path) -> None:
        """Write the file of the format `name`."""
        if name == "onnx":
            onnx_file.write(self._function([None, None]), path)
        else:
            litert_file.write(self._function([1, 1]), path)
        enclosed.put(path)

    def compare(self, asked: Asked) -> Compared:
        """Hold the probabilities of the next word against its own."""
        state = self.layer.initial_state(len(self.ids))
        found = asked(words=self.ids, state=np.asarray(state))
        logits, _ = self.layer(tf.constant(self.ids), state)
        given = found.get("probabilities")
        if given is None:
            given = tf.nn.softmax(found["logits"][:, -1]).numpy()
        return checked.compared(given, tf.nn.softmax(logits[:, -1]).numpy())

    def _function(
        self, shape: list[int | None]
    ) -> tf.types.experimental.PolymorphicFunction:
        """Of words of that shape, [B, T]."""
        words = tf.TensorSpec(shape, tf.int32, name="words")
        sizes = [shape[0], self.layer.state_size]
        state = tf.TensorSpec(sizes, tf.float32, name="state")

        @tf.function(input_signature=[words, state])
        def answer(words: tf.Tensor, state: tf.Tensor) -> dict[str, tf.Tensor]:
            logits, after = self.layer(words, state)
            return {"logits": logits, "next_state": after}

        return answer
