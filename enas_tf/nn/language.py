"""Word language models of one cell each, with weights of their own, as Keras layers.

What trains and what serves them is the same layer: it is registered with Keras, so a
saved model can be loaded by a process that has imported `enas_tf.nn`. Reference:
enas_lm's fixed_lib.py.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from enas_tf.nn import recurrent, seeds

# Stands in a saved model, and so in what Keras says where it lacks the layer.
TO_LOAD = "import enas_tf.nn (of the enas_tf package) before keras.models.load_model"
NUM_GATES = 4  # of an LSTM, side by side in its matrices: i, f, o, g


class Run(NamedTuple):
    """What a model makes of a piece of text.

    Attributes:
      logits: [B, T, V] float32, scores of the word behind each word.
      states: [B, T, H], what the softmax reads, before anything of it is dropped.
      state: [B, S], to go on with behind the piece.
    """

    logits: tf.Tensor
    states: tf.Tensor
    state: tf.Tensor


class WordModel(keras.layers.Layer):
    """Words [B, T] int32 and a state [B, S] -> logits [B, T, V] and the next state.

    Words go in and out by the same embedding; a subclass says what is in between, and
    how large its state is, S.
    """

    def __init__(
        self,
        vocab_size: int,
        hidden_size: int,
        *,
        init_range: float,
        seed: int,
        **kwargs: Any,
    ):
        """Args: V, H, first weights lie between minus and plus it, their seed."""
        super().__init__(**kwargs)
        self.vocab_size = vocab_size
        self.hidden_size = hidden_size
        self.init_range = init_range
        self.seed = seed
        self.embedding = self.uniform("embedding", vocab_size, hidden_size)
        self.built = True  # no weight depends on what the layer is called with

    @property
    def state_size(self) -> int:
        """S."""
        raise NotImplementedError

    def passed(
        self, words: tf.Tensor, state: tf.Tensor, dropout: recurrent.Dropout
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """The states of the text [B, T, H] and the one to carry on [B, S].

        Args:
          words: [B, T, H], embeddings.
          state: [B, S], to begin with.
          dropout: what else is dropped, if anything.
        """
        raise NotImplementedError

    def run(
        self, words: tf.Tensor, state: tf.Tensor, dropout: recurrent.Dropout
    ) -> Run:
        """Read a piece of text, in training and evaluation alike.

        Args:
          words: [B, T] int32.
          state: [B, S], the `state` of the piece before, or `initial_state`.
          dropout: what is dropped, if anything.
        """
        embedding = tf.convert_to_tensor(self.embedding)
        # One row per text in the shape of what a word is embedded in, for the masks.
        like = tf.zeros([tf.shape(words)[0], self.hidden_size])
        vectors = recurrent.embedded(words, embedding, like, dropout)
        states, state = self.passed(vectors, state, dropout)
        return Run(recurrent.word_logits(states, embedding, dropout), states, state)

    def call(self, words: tf.Tensor, state: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Logits and the next state; nothing is dropped."""
        run = self.run(words, state, recurrent.Dropout())
        return run.logits, run.state

    def initial_state(self, batch_size: tf.Tensor | int) -> tf.Tensor:
        """What a text begins with, [B, S] zeros."""
        return tf.zeros([batch_size, self.state_size])

    def uniform(self, name: str, *shape: int) -> keras.Variable:
        """A new weight."""
        limit, own = self.init_range, seeds.of_name(self.seed, name)
        initializer = keras.initializers.RandomUniform(-limit, limit, seed=own)
        return self.add_weight(name=name, shape=shape, initializer=initializer)

    def compute_output_shape(
        self, words_shape: tuple, state_shape: tuple
    ) -> tuple[tuple, tuple]:
        """See keras: known without a trace, whatever B and T are."""
        return (*words_shape, self.vocab_size), tuple(state_shape)

    def get_config(self) -> dict[str, Any]:
        """See keras: the arguments of the constructor, in plain values."""
        own = dict(
            vocab_size=self.vocab_size,
            hidden_size=self.hidden_size,
            init_range=self.init_range,
            seed=self.seed,
        )
        return dict(to_load=TO_LOAD) | super().get_config() | own

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "WordModel":
        """See keras; a file of an older version has no `to_load`."""
        return cls(**{name: v for name, v in config.items() if name != "to_load"})


@keras.saving.register_keras_serializable("enas_tf")
class CellWordModel(WordModel):
    """One cell of the rnn space; its state is what the softmax reads, so S = H."""

    def __init__(
        self,
        vocab_size: int,
        hidden_size: int,
        *,
        inputs: Sequence[int],
        ops: Sequence[int],
        functions: Sequence[str],
        average: str = "loose",
        **kwargs: Any,
    ):
        """Makes all weights.

        Args:
          vocab_size: V.
          hidden_size: H.
          inputs: the node that node l = 1..N reads, below l.
          ops: the function of node l, an index into `functions`.
          functions: names of `recurrent.FUNCTIONS`.
          average: the nodes whose average is the state: "loose" ends, or "all" but 0.
          **kwargs: see WordModel.
        """
        super().__init__(vocab_size, hidden_size, **kwargs)
        assert average in ("loose", "all"), average
        # Python's integers: what is no choice at run time needs no switch.
        self._inputs = tuple(int(node) for node in inputs)
        self._ops = tuple(int(op) for op in ops)
        self._functions = tuple(functions)
        self._average = average
        size = hidden_size
        self.word = self.uniform("word", size, 2 * size)
        self.nodes = self.uniform("nodes", len(self._inputs) + 1, size, 2 * size)

    @property
    def state_size(self) -> int:
        """H."""
        return self.hidden_size

    def passed(self, words, state, dropout):
        """See WordModel."""
        states = recurrent.states(words, state, self._cell(), dropout)
        return states, states[:, -1]

    def get_config(self):
        """See WordModel."""
        return super().get_config() | dict(
            inputs=list(self._inputs),
            ops=list(self._ops),
            functions=list(self._functions),
            average=self._average,
        )

    def _cell(self) -> recurrent.Cell:
        word, nodes = map(tf.convert_to_tensor, (self.word, self.nodes))
        if self._average == "loose":
            shares = recurrent.loose_shares(self._inputs)
        else:
            shares = recurrent.all_shares(len(self._inputs))
        return recurrent.Cell(
            word, nodes, self._inputs, self._ops, self._functions, shares
        )


@keras.saving.register_keras_serializable("enas_tf")
class LstmWordModel(WordModel):
    """Two LSTM layers without biases, of K and of H units: what a cell is held against.

    Its state is both layers' outputs and memories, [h1, c1, h2, c2], so S = 2K + 2H.
    Dropped are words as for a cell, and with "l" what a layer gives, wherever it is
    read; "w" is of a cell alone.
    """

    def __init__(
        self, vocab_size: int, hidden_size: int, *, inner_size: int, **kwargs: Any
    ):
        """Args: V, H, K; see WordModel."""
        super().__init__(vocab_size, hidden_size, **kwargs)
        self.inner_size = inner_size
        inner, outer = NUM_GATES * inner_size, NUM_GATES * hidden_size
        self.input_1 = self.uniform("input_1", hidden_size, inner)
        self.state_1 = self.uniform("state_1", inner_size, inner)
        self.input_2 = self.uniform("input_2", inner_size, outer)
        self.state_2 = self.uniform("state_2", hidden_size, outer)

    @property
    def state_size(self) -> int:
        """2K + 2H."""
        return 2 * self.inner_size + 2 * self.hidden_size

    def passed(self, words, state, dropout):
        """See WordModel; the first layer reads the whole text before the second."""
        sizes = [self.inner_size, self.hidden_size]
        h1, c1, h2, c2 = tf.split(state, [n for n in sizes for _ in "hc"], axis=1)
        # Of one draw, so that the layers' masks are independent.
        mask_1, mask_2 = tf.split(
            dropout.mask("l", tf.concat([h1, h2], axis=1)), sizes, axis=1
        )
        words *= dropout.mask("x", words[:, :1])
        first, c1 = lstm(words, h1, c1, (self.input_1, self.state_1), mask_1)
        second, c2 = lstm(
            first * mask_1[:, None], h2, c2, (self.input_2, self.state_2), mask_2
        )
        return second, tf.concat([first[:, -1], c1, second[:, -1], c2], axis=1)

    def get_config(self):
        """See WordModel."""
        return super().get_config() | dict(inner_size=self.inner_size)


def lstm(
    x: tf.Tensor,
    h: tf.Tensor,
    c: tf.Tensor,
    weights: tuple[Any, Any],
    mask: tf.Tensor,
) -> tuple[tf.Tensor, tf.Tensor]:
    """One layer: its outputs h_1..h_T, [B, T, K], and its memory c_T, [B, K].

    Args:
      x: [B, T, I].
      h: [B, K], the output before.
      c: [B, K], the memory before.
      weights: for the input, [I, 4K], and for the output before, [K, 4K].
      mask: [B, K], factors for the output before.
    """
    from_input, from_state = map(tf.convert_to_tensor, weights)
    # One product for all steps; to the loop is left what needs the output before.
    products = tf.tensordot(x, from_input, 1)  # [B, T, 4K]

    def step(before, product):
        h, c = before
        return lstm_step(product + tf.matmul(h * mask, from_state), c)

    hs, cs = tf.scan(step, tf.transpose(products, [1, 0, 2]), initializer=(h, c))
    return tf.transpose(hs, [1, 0, 2]), cs[-1]


def lstm_step(gates: tf.Tensor, c: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Output and memory, [B, K] each, of the gates [B, 4K] before their functions."""
    i, f, o, g = tf.split(gates, NUM_GATES, axis=1)
    c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
    return tf.sigmoid(o) * tf.tanh(c), c
