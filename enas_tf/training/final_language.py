"""The final language model as the child trainer sees it."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from enas_tf.children import final_rnn, word_scores
from enas_tf.children import rnn as rnn_child
from enas_tf.children.output import ChildOutput
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.config.sections import ChildConfig
from enas_tf.nn import recurrent, seeds
from enas_tf.nn.language import WordModel
from enas_tf.training.averaging import AveragedSgd


class FinalLanguageNetwork:
    """One language model with weights of its own; a `Network`."""

    num_tokens = 0
    moving: Sequence[keras.Variable] = ()

    def __init__(self, model: WordModel, config: RnnChildConfig, *, seed: int):
        """Trains all weights of the model.

        Args:
          model: the final child.
          config: of dropout, penalties, and the begin of averaging.
          seed: the run's; dropout follows from it.
        """
        self.model = model
        self._config = config
        self._seed = seed
        self.variables = [v.value for v in model.trainable_variables]
        self.decayed = [False] * len(self.variables)  # in the penalty
        self.averaged = AveragedSgd(self.variables, nonmono=config.nonmono)

    def optimizer(self, config: ChildConfig) -> AveragedSgd:
        """Always SGD, whose weights can be averaged."""
        return self.averaged

    def initial_state(self, batch_size: int) -> tf.Tensor:
        """The state before the first word of a text, [B, S] zeros."""
        return self.model.initial_state(batch_size)

    def forward(
        self,
        inputs: tf.Tensor,
        *,
        step: tf.Tensor,
        state: tf.Tensor | None = None,
        part: tf.Tensor | None = None,
    ) -> tuple[ChildOutput, tf.Tensor]:
        """Read words [B, T] on from `state` [B, S]; the output, and no tokens.

        `part`: the number of the part of a batch that they are, [] int32; None: all.
        """
        seed = seeds.of_part(seeds.at(self._seed, "dropout", step), part)
        dropout = recurrent.Dropout(rnn_child.drop_rates(self._config), seed)
        heard = self.model.read(inputs, state, dropout)
        penalty = final_rnn.penalty(self.model, heard, self._config)
        found = word_scores.answer(
            self.model.lexicon, self._config, heard.states, heard.weights, dropout
        )
        output = ChildOutput(
            found.logits, state=heard.state, penalty=penalty, losses=found.losses
        )
        return output, tf.zeros([0], tf.int32)

    def arc_text(self, tokens: np.ndarray) -> str:
        """Empty: there is one arc, and no tokens."""
        return ""
