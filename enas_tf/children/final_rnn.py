"""The final rnn child: one cell with weights of its own, or an LSTM of that size.

Reference: enas_lm's fixed_lib.py. The models are layers of nn/language.py.
"""

import math
from collections.abc import Sequence

import tensorflow as tf

from enas_tf.config.rnn import RnnChildConfig
from enas_tf.nn import language, recurrent
from enas_tf.spaces import op_rows
from enas_tf.spaces.rnn import RnnArc


def final_rnn_child(
    arc: RnnArc | None,
    config: RnnChildConfig,
    *,
    num_nodes: int,
    vocab_size: int,
    seed: int,
    functions: Sequence[str] = (),
) -> language.WordModel:
    """Words [B, T] and a state -> logits [B, T, vocab_size] and the next state.

    Args:
      arc: of ints; none: the LSTM.
      config: sizes, the first weights, and what is averaged.
      num_nodes: of the cell that the LSTM has as many parameters as; an arc has its
        own.
      vocab_size: how many words there are.
      seed: of all initial weights.
      functions: the names that the arc's numbers are places of; none: the table's.
    """
    size = config.hidden_size
    initial = dict(
        init_range=config.init_range, seed=seed, cutoffs=config.cutoffs(vocab_size)
    )
    if arc is None:
        inner_size = lstm_size(num_nodes, size)
        return language.LstmWordModel(
            vocab_size, size, inner_size=inner_size, name="final_rnn_child", **initial
        )
    return language.CellWordModel(
        vocab_size,
        size,
        inputs=arc.inputs,
        ops=arc.ops,
        functions=tuple(functions) or op_rows.RNN.names,
        average=config.average,
        name="final_rnn_child",
        **initial,
    )


def lstm_size(num_nodes: int, hidden_size: int) -> int:
    """The units K of the first layer that make the LSTM as large as a cell, about.

    Two layers H -> K -> H have 4 (H + K)^2 parameters, a cell 2 (N + 2) H^2.
    """
    both = hidden_size * math.sqrt((num_nodes + 2) / 2)
    return max(1, round(both - hidden_size))


def penalty(
    model: language.WordModel,
    run: language.Reading | language.Heard,
    config: RnnChildConfig,
) -> tf.Tensor:
    """The penalty to add to the loss of `run`, [].

    Decayed are all weights, the embedding too, as in the authors' code: every weight
    is in use here, unlike in the search.
    """
    squares = [tf.reduce_sum(tf.square(v.value)) for v in model.trainable_variables]
    return recurrent.penalty(
        run.states, tf.add_n(squares), config.alpha, config.beta, config.weight_decay
    )
