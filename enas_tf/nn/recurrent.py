"""A recurrent cell of highway nodes over a sequence, as functions of its weights.

The problem: in a search, which node a node reads and which function it applies are
tensors, and they act in every time step. A loop pays for each tensor that it reads and
for each that its gradient reads, in every step again.

The idea: what needs no earlier state is computed before the loop: the cell's matrices
and all words' products. Inside, nodes whose choices are tensors are one function with a
gradient of its own (`nn/chosen_nodes.py`).

Not for an LSTM, which is in `nn/language.py`. Choices that are ints give the plain
graph of one cell, without any of this; a final child has those.

Reference: paper section 2.1 and appendix A; enas_lm's child.py and fixed_lib.py.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import tensorflow as tf

from enas_tf.nn import chosen_nodes, precision, seeds


class Function(NamedTuple):
    """A function that a node may apply to its product.

    Attributes:
      value: x [B, H] float32 -> y like x, element by element.
      slope: (y, ones like y) -> dy / dx. It must follow from y, so x is not kept.
      of_input: whether `slope` is given x in place of y, from which it does not follow.
    """

    value: Callable[[tf.Tensor], tf.Tensor]
    slope: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
    of_input: bool = False

    def value_and_slope(
        self, x: tf.Tensor, ones: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Both at x; `ones` is like x."""
        y = self.value(x)
        return y, self.slope(x if self.of_input else y, ones)


# By the names in spaces/op_rows.py, `RNN`.
FUNCTIONS = dict(
    tanh=Function(tf.tanh, lambda y, one: tf.raw_ops.TanhGrad(y=y, dy=one)),
    relu=Function(
        tf.nn.relu, lambda y, one: tf.raw_ops.ReluGrad(features=y, gradients=one)
    ),
    sigmoid=Function(tf.sigmoid, lambda y, one: tf.raw_ops.SigmoidGrad(y=y, dy=one)),
    identity=Function(tf.identity, lambda y, one: tf.identity(one)),
)

# Places of dropout: words of the vocabulary (e), their embeddings (i), node 0's words
# (x), states and nodes before their product (l), outputs (o), the weights of that
# product (w). A place's index is folded into a minibatch's seed: append only.
DROPPED = ("e", "i", "x", "l", "o", "w")


Choice: TypeAlias = tf.Tensor | int  # [] int32; an int where there is one arc


class Cell(NamedTuple):
    """One cell; node 0 reads a word and the state before, node l = 1..N a node below l.

    Attributes:
      word: [H, 2H], node 0's matrix for the word.
      nodes: [N + 1, H, 2H]: node 0's matrix for the state, node l's for its input.
      inputs: the node that node l reads, N of them.
      ops: the function of node l, an index into `functions`, N of them.
      functions: names of `FUNCTIONS`.
      average_weights: [N + 1] float32, the share of each node in the new state.
    """

    word: tf.Tensor
    nodes: tf.Tensor
    inputs: Sequence[Choice]
    ops: Sequence[Choice]
    functions: tuple[str, ...]
    average_weights: tf.Tensor


class Dropout(NamedTuple):
    """Dropout of one minibatch, the same in all its time steps (variational dropout).

    Attributes:
      rates: {name in `DROPPED`: probability that an entry is dropped}; a name that is
        missing has 0.
      seed: [2] int32, the minibatch's; needed where a rate is not 0.
    """

    rates: Mapping[str, float] = {}
    seed: tf.Tensor | None = None

    def mask(self, name: str, like: tf.Tensor) -> tf.Tensor:
        """Factors in the shape of `like`: 0, or 1 / (1 - rate) where it is kept."""
        ones = tf.ones_like(like)
        rate = self.rates.get(name, 0.0)
        if not rate:
            return ones
        seed = seeds.fold(self.seed, DROPPED.index(name))
        return tf.nn.experimental.stateless_dropout(ones, rate=rate, seed=seed)


def weights_of_loose_ends(inputs: Sequence[Choice]) -> tf.Tensor:
    """Equal shares for the nodes 0..N that none of the N nodes reads, [N + 1]."""
    read = tf.one_hot(tf.stack(inputs), len(inputs) + 1)
    loose = tf.cast(tf.reduce_sum(read, axis=0) == 0.0, tf.float32)
    return loose / tf.reduce_sum(loose)


def weights_of_all(num_nodes: int) -> tf.Tensor:
    """Equal shares for the nodes 1..N, [N + 1]."""
    return tf.constant([0.0] + [1.0 / num_nodes] * num_nodes)


def embedded(
    inputs: tf.Tensor, embedding: tf.Tensor, state: tf.Tensor, dropout: Dropout
) -> tf.Tensor:
    """The embeddings of words, [B, T, H]; drops "e" and "i".

    Args:
      inputs: [B, T] int32, words.
      embedding: [V, H].
      state: [B, H], of which only the shape counts, for the mask "i".
      dropout: a word that "e" drops is dropped wherever it stands.
    """
    words = tf.gather(embedding, inputs)
    return drop_words(words, inputs, embedding[:, :1], state, dropout)


def drop_words(
    words: tf.Tensor,
    inputs: tf.Tensor,
    column: tf.Tensor,
    state: tf.Tensor,
    dropout: Dropout,
) -> tf.Tensor:
    """The vectors `words` [B, T, H] of `inputs` [B, T], without what is dropped.

    `column` [V, 1] and `state` [B, H] are of the shapes of the masks "e" and "i".
    """
    words *= tf.gather(dropout.mask("e", column), inputs)  # [B, T, 1]
    return words * dropout.mask("i", state)[:, None]


def word_logits(states: tf.Tensor, embedding: tf.Tensor, dropout: Dropout) -> tf.Tensor:
    """Scores of every next word, [B, T, V]; drops "o" of the states [B, T, H]."""
    return precision.lowered(by_rows, dropped_outputs(states, dropout), embedding)


def dropped_outputs(states: tf.Tensor, dropout: Dropout) -> tf.Tensor:
    """The states [B, T, H] as the softmax reads them, without what "o" drops."""
    return states * dropout.mask("o", states[:, :1])


def by_rows(outputs: tf.Tensor, embedding: tf.Tensor) -> tf.Tensor:
    """Each of [..., H] times each row of [V, H], [..., V]."""
    return tf.tensordot(outputs, tf.transpose(embedding), 1)


def states(
    words: tf.Tensor, state: tf.Tensor, cell: Cell, dropout: Dropout
) -> tf.Tensor:
    """The states s_1..s_T that the cell passes through, [B, T, H].

    Args:
      words: [B, T, H] float32, embeddings.
      state: [B, H] float32, s_0.
      cell: of H units; its choices are all ints or all scalar tensors.
      dropout: "x", "l" and "w" of it are drawn here.
    """
    words *= dropout.mask("x", state)[:, None]
    # One product for all steps; to the loop is left what needs the state before.
    from_words = tf.tensordot(words, cell.word, 1)  # [B, T, 2H]
    weights = tf.unstack(cell.nodes * dropout.mask("w", cell.nodes))
    mask = dropout.mask("l", state)
    new_state = _new_state(cell, weights[1:], mask)

    def step(before: tf.Tensor, from_word: tf.Tensor) -> tf.Tensor:
        product = from_word + tf.matmul(before * mask, weights[0])
        return new_state(highway(before, product, tf.tanh))

    # tf.scan goes along the first axis: [T, B, 2H] in, [T, B, H] out.
    found = tf.scan(step, tf.transpose(from_words, [1, 0, 2]), initializer=state)
    return tf.transpose(found, [1, 0, 2])


def highway(carried: tf.Tensor, product: tf.Tensor, function: Callable) -> tf.Tensor:
    """A highway node, c + sigmoid(t) (f(h) - c), [B, H].

    Args:
      carried: c, [B, H].
      product: h and t side by side, [B, 2H].
      function: f, the value of one of `FUNCTIONS`.
    """
    h, t = tf.split(product, 2, axis=1)
    return carried + tf.sigmoid(t) * (function(h) - carried)


def mean_square(states: tf.Tensor) -> tf.Tensor:
    """How active the states [B, T, H] are: the mean of their squares, []."""
    return tf.reduce_mean(tf.square(states))


def slowness(states: tf.Tensor) -> tf.Tensor:
    """The mean square of the changes within the states [B, T, H], []; 0 if T is 1."""
    changes = tf.square(states[:, 1:] - states[:, :-1])
    count = tf.cast(tf.size(changes), tf.float32)
    return tf.math.divide_no_nan(tf.reduce_sum(changes), count)


def penalty(
    states: tf.Tensor, squares: tf.Tensor, alpha: float, beta: float, decay: float
) -> tf.Tensor:
    """What a model of words adds to its loss, []; enas_lm's child.py.

    Args:
      states: [B, T, H].
      squares: [], the sum of the squares of what is decayed.
      alpha: weight of the states' mean square.
      beta: weight of their slowness.
      decay: weight of `squares`.
    """
    return alpha * mean_square(states) + beta * slowness(states) + decay * squares


def sum_of_squares(cell: Cell) -> tf.Tensor:
    """The sum of squares of all weights of the cell, []."""
    return tf.add_n([tf.reduce_sum(tf.square(w)) for w in (cell.word, cell.nodes)])


def _new_state(
    cell: Cell, weights: Sequence[tf.Tensor], mask: tf.Tensor
) -> Callable[[tf.Tensor], tf.Tensor]:
    """From node 0 of a time step, [B, H], to the state behind it.

    Args:
      cell: of ints or of tensors.
      weights: [H, 2H], of each node from 1 on.
      mask: [B, H], by which a value is multiplied before its product.
    """
    functions = [FUNCTIONS[name] for name in cell.functions]
    if not isinstance(cell.ops[0], int):
        nodes = chosen_nodes.nodes(
            cell.inputs,
            cell.ops,
            [function.value_and_slope for function in functions],
            average_weights=cell.average_weights,
            mask=mask,
        )
        return lambda first: chosen_nodes.state(first, weights, nodes)

    def plain(first: tf.Tensor) -> tf.Tensor:
        values = [first]
        for read, op, weight in zip(cell.inputs, cell.ops, weights, strict=True):
            carried = values[read]
            product = tf.matmul(carried * mask, weight)
            values.append(highway(carried, product, functions[op].value))
        # [N + 1] . [N + 1, B, H] -> [B, H]
        return tf.tensordot(cell.average_weights, tf.stack(values), 1)

    return plain
