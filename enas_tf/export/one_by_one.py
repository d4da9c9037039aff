"""A language model that reads one word of one text, asked about many."""

import numpy as np

from enas_tf.export import asked
from enas_tf.export.asked import Asked


class OneByOne:
    """The same model, of words [B, T] and a state [B, S]."""

    def __init__(self, model: Asked):
        """Opens nothing.

        Args:
          model: whose words are [1, 1] and whose state is [1, S].
        """
        self._model = model
        size, vocabulary = model.inputs["state"][-1], model.outputs["logits"][-1]
        self.inputs: asked.Shapes = dict(words=(0, 0), state=(0, size))
        self.outputs: asked.Shapes = dict(
            logits=(0, 0, vocabulary), next_state=(0, size)
        )

    def __call__(self, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        """The logits behind each word, and the state behind the last."""
        words, state = inputs["words"], np.array(inputs["state"])
        logits = np.zeros((*words.shape, self.outputs["logits"][-1]), np.float32)
        for row, column in np.ndindex(*words.shape):
            here = slice(row, row + 1)
            found = self._model(
                words=words[here, column : column + 1], state=state[here]
            )
            logits[row, column] = found["logits"][0, 0]
            state[here] = found["next_state"]
        return dict(logits=logits, next_state=state)
