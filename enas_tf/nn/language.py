"""Word language models of one cell each, with weights of their own, as Keras layers.

The problem: a final language model is trained here, with dropout and a state carried
from piece to piece, and served elsewhere, by Keras or TensorFlow alone.

The idea: both are one layer, of two methods: `run` for training, `call` for whoever
loads it. It is registered with Keras under the name of this package, and its config
holds plain values, so a file of it can be loaded once `enas_tf.nn` is imported. A
subclass brings the cell; embedding, softmax and saving are here.

Not for the shared child of a search, whose cell is a tensor (`children/rnn.py`).

Reference: enas_lm's fixed_lib.py.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from enas_tf.nn import cross_entropy, lexicon, lexicons, lstm_cell, recurrent, seeds

# Stands in a saved model's config, which Keras quotes where it does not know the layer.
TO_LOAD = "import enas_tf.nn (of the enas_tf package) before keras.models.load_model"


class Reading(NamedTuple):
    """The answers of a model to a piece of text.

    Attributes:
      logits: [B, T, V] float32, scores of the word behind each word.
      states: [B, T, H], the softmax's inputs before dropout.
      state: [B, S], to go on with behind the piece.
    """

    logits: tf.Tensor
    states: tf.Tensor
    state: tf.Tensor


class Heard(NamedTuple):
    """A piece of text as a model has read it, before any word is scored.

    Attributes:
      states, state: as of `Reading`.
      weights: of the model's lexicon, by name, as this reading took them.
    """

    states: tf.Tensor
    state: tf.Tensor
    weights: lexicon.Weights


class WordModel(keras.layers.Layer):
    """Words [B, T] int32 and a state [B, S] -> logits [B, T, V] and the next state.

    Words go in and out by the same embedding, or by a tree of words. A subclass has
    `hidden_states`, the way in between, and `state_size`, S.

    Attributes:
      lexicon: the words.
    """

    def __init__(
        self,
        vocab_size: int,
        hidden_size: int,
        *,
        init_range: float,
        seed: int,
        cutoffs: Sequence[int] = (),
        **kwargs: object,
    ):
        """Makes the embedding.

        Args:
          vocab_size: V.
          hidden_size: H.
          init_range: first weights are uniform between minus and plus it.
          seed: the run's, of the first weights.
          cutoffs: of an adaptive softmax, how many words the head has, and where all
            clusters but the last end; none: one embedding.
          **kwargs: of `keras.layers.Layer`, such as `name`.
        """
        super().__init__(**kwargs)
        self.vocab_size = vocab_size
        self.hidden_size = hidden_size
        self.init_range = init_range
        self.seed = seed
        self.cutoffs = tuple(int(cutoff) for cutoff in cutoffs)
        self.lexicon = lexicons.of(vocab_size, hidden_size, self.cutoffs)
        words = self.lexicon.weights(init_range)
        self._words = tuple(one.name for one in words)
        for one in words:
            weight = self.uniform(one.name, *one.shape, limit=one.uniform)
            setattr(self, one.name, weight)
        self.built = True  # no weight's shape depends on the inputs of a call

    @property
    def state_size(self) -> int:
        """S."""
        raise NotImplementedError

    def hidden_states(
        self, words: tf.Tensor, state: tf.Tensor, dropout: recurrent.Dropout
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """The states of the text [B, T, H] and the one to carry on [B, S].

        Args:
          words: [B, T, H], embeddings.
          state: [B, S], to begin with.
          dropout: of the minibatch; the embeddings have had theirs.
        """
        raise NotImplementedError

    def read(
        self, words: tf.Tensor, state: tf.Tensor, dropout: recurrent.Dropout
    ) -> Heard:
        """Read a piece of text, in training and evaluation alike, without an answer.

        Args:
          words: [B, T] int32.
          state: [B, S], the `state` of the piece before, or `initial_state`.
          dropout: of the minibatch.
        """
        parts = {name: getattr(self, name) for name in self._words}
        weights = {name: tf.convert_to_tensor(part) for name, part in parts.items()}
        # [B, H], the shape of the masks: one embedding a text, since masks are the same
        # in all time steps.
        like = tf.zeros([tf.shape(words)[0], self.hidden_size])
        vectors = self.lexicon.vectors(words, weights, like, dropout)
        return Heard(*self.hidden_states(vectors, state, dropout), weights)

    def run(
        self, words: tf.Tensor, state: tf.Tensor, dropout: recurrent.Dropout
    ) -> Reading:
        """The same, and the scores of all words that may follow."""
        states, state, weights = self.read(words, state, dropout)
        return Reading(self.lexicon.logits(states, weights, dropout), states, state)

    def losses(
        self, words: tf.Tensor, targets: tf.Tensor, state: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """-ln P of `targets`, [B, T], which follow `words`, and the next state."""
        nothing = recurrent.Dropout()
        states, after, weights = self.read(words, state, nothing)
        exact = self.lexicon.losses(states, weights, nothing)
        if exact is not None:
            return exact.measured(targets), after
        logits = self.lexicon.logits(states, weights, nothing)
        return cross_entropy.of_words(targets, logits), after

    def call(self, words: tf.Tensor, state: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Logits [B, T, V] and the next state [B, S], without dropout."""
        run = self.run(words, state, recurrent.Dropout())
        return run.logits, run.state

    def initial_state(self, batch_size: tf.Tensor | int) -> tf.Tensor:
        """The state before the first word of a text, [B, S] zeros."""
        return tf.zeros([batch_size, self.state_size])

    def uniform(self, name: str, *shape: int, limit: float = 0.0) -> keras.Variable:
        """A new weight of that shape, uniform within `limit`; 0: `init_range`."""
        limit, own = limit or self.init_range, seeds.of_name(self.seed, name)
        initializer = keras.initializers.RandomUniform(-limit, limit, seed=own)
        return self.add_weight(name=name, shape=shape, initializer=initializer)

    def compute_output_shape(
        self, words_shape: tuple, state_shape: tuple
    ) -> tuple[tuple, tuple]:
        """[B, T, V] and [B, S], for Keras, which then needs no trace to know them."""
        return (*words_shape, self.vocab_size), tuple(state_shape)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor in plain values, for Keras' files."""
        own: dict[str, Any] = dict(
            vocab_size=self.vocab_size,
            hidden_size=self.hidden_size,
            init_range=self.init_range,
            seed=self.seed,
        )
        if self.cutoffs:
            own["cutoffs"] = list(self.cutoffs)
        return dict(to_load=TO_LOAD) | super().get_config() | own

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "WordModel":
        """A new layer from `get_config`, whose `to_load` is for readers alone."""
        return cls(**{name: v for name, v in config.items() if name != "to_load"})


@keras.saving.register_keras_serializable("enas_tf")
class CellWordModel(WordModel):
    """One cell of the rnn space; the softmax reads its state, so S = H."""

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
          inputs: for node l = 1..N the node that it reads, 0..l - 1.
          ops: the function of node l, an index into `functions`.
          functions: names of `recurrent.FUNCTIONS`.
          average: the nodes whose average is the state: "loose" ends, or "all" but 0.
          **kwargs: see WordModel.
        """
        super().__init__(vocab_size, hidden_size, **kwargs)
        assert average in ("loose", "all"), average
        # Python's integers, for which `nn/recurrent.py` makes a graph without switches.
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

    def hidden_states(
        self, words: tf.Tensor, state: tf.Tensor, dropout: recurrent.Dropout
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """The cell's states, and the last of them."""
        states = recurrent.states(words, state, self._cell(), dropout)
        return states, states[:, -1]

    def get_config(self) -> dict[str, Any]:
        """Those of `WordModel`, and the cell."""
        return super().get_config() | dict(
            inputs=list(self._inputs),
            ops=list(self._ops),
            functions=list(self._functions),
            average=self._average,
        )

    def _cell(self) -> recurrent.Cell:
        word, nodes = map(tf.convert_to_tensor, (self.word, self.nodes))
        if self._average == "loose":
            average_weights = recurrent.weights_of_loose_ends(self._inputs)
        else:
            average_weights = recurrent.weights_of_all(len(self._inputs))
        return recurrent.Cell(
            word, nodes, self._inputs, self._ops, self._functions, average_weights
        )


@keras.saving.register_keras_serializable("enas_tf")
class LstmWordModel(WordModel):
    """Two LSTM layers without biases, of K and of H units: the model to compare with.

    Its state is both layers' outputs and memories, [h1, c1, h2, c2], so S = 2K + 2H.
    Words are dropped as for a cell; "l" drops a layer's outputs wherever they are read,
    and "w" has no meaning here.
    """

    def __init__(
        self, vocab_size: int, hidden_size: int, *, inner_size: int, **kwargs: Any
    ):
        """Makes all weights.

        Args:
          vocab_size: V.
          hidden_size: H, units of the second layer.
          inner_size: K, units of the first one.
          **kwargs: see WordModel.
        """
        super().__init__(vocab_size, hidden_size, **kwargs)
        self.inner_size = inner_size
        gates = lstm_cell.NUM_GATES
        inner, outer = gates * inner_size, gates * hidden_size
        self.input_1 = self.uniform("input_1", hidden_size, inner)
        self.state_1 = self.uniform("state_1", inner_size, inner)
        self.input_2 = self.uniform("input_2", inner_size, outer)
        self.state_2 = self.uniform("state_2", hidden_size, outer)

    @property
    def state_size(self) -> int:
        """2K + 2H."""
        return 2 * self.inner_size + 2 * self.hidden_size

    def hidden_states(
        self, words: tf.Tensor, state: tf.Tensor, dropout: recurrent.Dropout
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """The first layer reads the whole text before the second."""
        sizes = [self.inner_size, self.hidden_size]
        # [B, 2K + 2H] -> [B, K], [B, K], [B, H], [B, H]
        h1, c1, h2, c2 = tf.split(state, [n for n in sizes for _ in "hc"], axis=1)
        # One draw of [B, K + H]: two of one name would have equal masks.
        mask_1, mask_2 = tf.split(
            dropout.mask("l", tf.concat([h1, h2], axis=1)), sizes, axis=1
        )
        words *= dropout.mask("x", words[:, :1])
        first, c1 = lstm(words, h1, c1, (self.input_1, self.state_1), mask_1)
        second, c2 = lstm(
            first * mask_1[:, None], h2, c2, (self.input_2, self.state_2), mask_2
        )
        return second, tf.concat([first[:, -1], c1, second[:, -1], c2], axis=1)

    def get_config(self) -> dict[str, Any]:
        """Those of `WordModel`, and K."""
        return super().get_config() | dict(inner_size=self.inner_size)


def lstm(
    x: tf.Tensor,
    h: tf.Tensor,
    c: tf.Tensor,
    weights: tuple[keras.Variable, keras.Variable],
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
    # One product for all steps; the loop has only the one with the output before.
    products = tf.tensordot(x, from_input, 1)  # [B, T, 4K]

    def step(
        before: tuple[tf.Tensor, tf.Tensor], product: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        h, c = before
        return lstm_cell.step(product + tf.matmul(h * mask, from_state), c)

    hs, cs = tf.scan(step, tf.transpose(products, [1, 0, 2]), initializer=(h, c))
    return tf.transpose(hs, [1, 0, 2]), cs[-1]
