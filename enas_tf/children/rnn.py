"""The shared rnn child: a language model, every recurrent cell on one set of weights.

Reference: paper section 2.1; enas_lm's child.py. The cell itself is in
nn/recurrent.py.
"""

import keras
import tensorflow as tf

from enas_tf.children import word_scores
from enas_tf.children.output import ChildOutput
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.nn import recurrent
from enas_tf.nn.parameters import Parameters, Weight
from enas_tf.spaces import rnn
from enas_tf.spaces.rnn import RnnArc


class SharedRnnChild(keras.layers.Layer):
    """Every arc of the rnn space on one set of weights.

    Words go in and out by the same embedding, or tree of words. A node has a matrix for
    each function and each node that it may read.
    """

    def __init__(
        self,
        space: rnn.RnnSpace,
        config: RnnChildConfig,
        *,
        vocab_size: int,
        seed: int,
    ):
        """Create the child.

        Args:
          space: what is searched: nodes and functions.
          config: sizes, the first weights, what is dropped and what is averaged.
          vocab_size: how many words there are, V.
          seed: of all initial weights.
        """
        super().__init__(name="shared_child")
        self.functions = space.ops
        self.config = config
        self.lexicon = word_scores.lexicon(config, vocab_size)
        weights = child_weights(space, config, vocab_size)
        self.parameters = Parameters(weights, seed=seed)
        self.aux_parameters = None
        self.built = True

    def initial_state(self, batch_size: tf.Tensor | int) -> tf.Tensor:
        """The state before the first word of a text, [B, H] zeros."""
        return tf.zeros([batch_size, self.config.hidden_size])

    def call(
        self,
        inputs: tf.Tensor,
        *,
        arc: RnnArc,
        state: tf.Tensor | None = None,
        training: bool = False,
        seed: tf.Tensor | None = None,
    ) -> ChildOutput:
        """Run one arc.

        Args:
          inputs: [B, T] int32, words.
          arc: of scalar int tensors (or ints).
          state: [B, H] float32, the `state` of the output for what went before; none:
            the texts begin here.
          training: whether to drop, and to give a penalty.
          seed: [2] int32 for what is dropped, needed in training.
        """
        dropout = recurrent.Dropout()
        if training:
            dropout = recurrent.Dropout(drop_rates(self.config), seed)
        if state is None:
            state = self.initial_state(tf.shape(inputs)[0])
        views = self.parameters.views()
        cell = self._cell(views, arc)
        words = self.lexicon.vectors(inputs, views, state, dropout)
        states = recurrent.states(words, state, cell, dropout)
        penalty = self._penalty(states, cell) if training else tf.zeros([])
        found = word_scores.answer(self.lexicon, self.config, states, views, dropout)
        return ChildOutput(
            found.logits, state=states[:, -1], penalty=penalty, losses=found.losses
        )

    def _cell(self, views: dict[str, tf.Tensor], arc: RnnArc) -> recurrent.Cell:
        """The weights of `arc`, fetched here once for all time steps."""
        size = self.config.hidden_size
        word, from_state = tf.split(views["node_0"], 2)
        chosen = []
        for node, (read, op) in enumerate(zip(*arc, strict=True), start=1):
            # A gather, whose gradient touches one matrix, not a slice.
            bank = tf.reshape(views[f"node_{node}"], [-1, size, 2 * size])
            chosen.append(tf.gather(bank, op * node + read))
        return recurrent.Cell(
            word,
            tf.stack([from_state, *chosen]),
            arc.inputs,
            arc.ops,
            self.functions,
            self._average_weights(arc),
        )

    def _average_weights(self, arc: RnnArc) -> tf.Tensor:
        # Deviation D25: the loose ends by default; the authors' code takes all nodes.
        if self.config.average == "loose":
            return recurrent.weights_of_loose_ends(arc.inputs)
        return recurrent.weights_of_all(len(arc.inputs))

    def _penalty(self, states: tf.Tensor, cell: recurrent.Cell) -> tf.Tensor:
        """The penalty to add to the loss, []."""
        config = self.config
        # Deviation D24: the plain sum of squares, node 1 included.
        squares = recurrent.sum_of_squares(cell)
        return recurrent.penalty(
            states, squares, config.alpha, config.beta, config.weight_decay
        )


def child_weights(
    space: rnn.RnnSpace, config: RnnChildConfig, vocab_size: int
) -> list[Weight]:
    """Those of the words (an embedding, [V, H]), and the matrices of nodes 0..N."""
    size = config.hidden_size
    shapes: dict[str, tuple[int, ...]] = {"node_0": (2 * size, 2 * size)}
    for node in range(1, space.num_nodes + 1):
        shapes[f"node_{node}"] = (len(space.ops), node, size, 2 * size)
    words = word_scores.lexicon(config, vocab_size).weights(config.init_range)
    return words + [
        Weight(
            name,
            shape,
            uniform=config.init_range,
            rows=space.ops if len(shape) > 2 else (),  # of the matrices of a node
        )
        for name, shape in shapes.items()
    ]


def drop_rates(config: RnnChildConfig) -> dict[str, float]:
    """The rates of `config` by the names of `recurrent.Dropout`."""
    return {name: getattr(config, f"drop_{name}") for name in recurrent.DROPPED}
