"""One rnn arc as a plain graph: the final language model, trained as in a search."""

import numpy as np
import tensorflow as tf

from enas_tf.children import rnn as rnn_child
from enas_tf.children.contract import SharedChild
from enas_tf.children.network import Optimizer
from enas_tf.children.output import ChildOutput
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.config.sections import ChildConfig
from enas_tf.nn import language, recurrent, seeds
from enas_tf.spaces import op_rows
from enas_tf.spaces.rnn import RnnArc
from enas_tf.training import optimizer


class PlainTexts:
    """A cell with weights of its own; a `networks.Network`."""

    num_tokens = 0

    def __init__(
        self, arc: RnnArc, child: SharedChild, config: RnnChildConfig, *, seed: int
    ):
        """Create the model.

        Args:
          arc: the cell, of ints.
          child: whose weights it starts with.
          config: its sizes, what is dropped and decayed.
          seed: of dropout.
        """
        views = child.parameters.views()
        self._model = language.CellWordModel(
            views["embedding"].shape[0],
            config.hidden_size,
            inputs=arc.inputs,
            ops=arc.ops,
            functions=op_rows.RNN.names,
            average=config.average,
            init_range=config.init_range,
            seed=seed,
        )
        word, from_state = tf.split(views["node_0"], 2)
        chosen = [
            views[f"node_{node}"][op][read]
            for node, (read, op) in enumerate(zip(*arc, strict=True), start=1)
        ]
        self._model.embedding.assign(views["embedding"])
        self._model.word.assign(word)
        self._model.nodes.assign(tf.stack([from_state, *chosen]))
        self._config = config
        self._seed = seed
        self.variables = [v.value for v in self._model.trainable_variables]
        self.decayed = [False] * len(self.variables)  # in the penalty

    def optimizer(self, config: ChildConfig) -> Optimizer:
        """The optimizer of the variables."""
        return optimizer.of_child(self.variables, momentum=config.momentum)

    def initial_state(self, batch_size: int) -> tf.Tensor:
        """The state before the first word of a text, [B, H] zeros."""
        return self._model.initial_state(batch_size)

    def forward(
        self, inputs: tf.Tensor, *, step: tf.Tensor, state: tf.Tensor | None = None
    ) -> tuple[ChildOutput, tf.Tensor]:
        """Logits and penalty of a training batch; of an arc there are no tokens.

        Args:
          inputs: [B, T] int32, words.
          step: [] int64; what is dropped depends on it.
          state: [B, H] float32, that of the output of the step before.
        """
        seed = seeds.at(self._seed, "dropout", step)
        dropout = recurrent.Dropout(rnn_child.drop_rates(self._config), seed)
        run = self._model.run(inputs, state, dropout)
        config, model = self._config, self._model
        squares = [tf.reduce_sum(tf.square(w.value)) for w in (model.word, model.nodes)]
        penalty = (
            config.alpha * recurrent.mean_square(run.states)
            + config.beta * recurrent.slowness(run.states)
            + config.weight_decay * tf.add_n(squares)
        )
        output = ChildOutput(run.logits, state=run.state, penalty=penalty)
        return output, tf.zeros([0], tf.int32)

    def answer(self, words: tf.Tensor) -> ChildOutput:
        """Logits; nothing is dropped."""
        state = self._model.initial_state(tf.shape(words)[0])
        return ChildOutput(self._model(words, state)[0])

    def arc_text(self, tokens: np.ndarray) -> str:
        """Nothing to tell: it is always the same arc."""
        return ""
