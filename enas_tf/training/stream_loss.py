"""The loss of a language model over a whole text, with the state carried through it."""

from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from enas_tf.data.text import stream
from enas_tf.nn.language import WordModel

WORDS_PER_CALL = 4000  # between two moves of a progress line


class StreamLoss:
    """Nats a word of one model."""

    def __init__(self, model: WordModel):
        """Nothing is read yet.

        Args:
          model: asked with the weights that it has when it is asked.
        """
        self._model = model

    def mean(
        self,
        ids: np.ndarray,
        *,
        batch_size: int,
        bptt_steps: int,
        progress: Callable[[int], None] = lambda words: None,
    ) -> float:
        """Mean over all words but the first of `ids` [n]; each is counted once.

        With one row the text is read as it is, and the result does not depend on
        `bptt_steps`: longer pieces are only faster.

        Args:
          ids: the text.
          batch_size: rows that it is cut into, each beginning with no state.
          bptt_steps: words of a row in a piece.
          progress: called with the number of words done since the last call.
        """
        # Deviation D28: the mean over words; the authors' is over batches of them.
        pieces = stream.evaluation(ids, batch_size=batch_size, bptt=bptt_steps)
        state = self._model.initial_state(batch_size)
        count = max(1, WORDS_PER_CALL // (batch_size * bptt_steps))
        total = 0.0
        for first in range(0, len(pieces.inputs), count):
            part = [tf.constant(array[first : first + count]) for array in pieces]
            sums, state = self._sums(*part, state)
            total += float(sums.numpy().sum(dtype=np.float64))
            progress(int(pieces.counted[first : first + count].sum()))
        return total / int(pieces.counted.sum())

    @tf.function(autograph=False, reduce_retracing=True)
    def _sums(
        self,
        inputs: tf.Tensor,
        targets: tf.Tensor,
        counted: tf.Tensor,
        state: tf.Tensor,
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """[W, B, T] each and [B, S] -> loss summed over each piece, [W]; the state."""

        def read(
            carried: tuple[tf.Tensor, tf.Tensor], piece: Sequence[tf.Tensor]
        ) -> tuple[tf.Tensor, tf.Tensor]:
            words, follow, counts = piece
            losses, after = self._model.losses(words, follow, carried[1])
            return tf.reduce_sum(losses * tf.cast(counts, tf.float32)), after

        sums, states = tf.scan(
            read, (inputs, targets, counted), initializer=(tf.zeros([]), state)
        )
        return sums, states[-1]
