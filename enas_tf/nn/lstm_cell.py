"""The step of an LSTM, for the controller and for the model to compare with.

The problem: Keras' layer takes a whole sequence and has its gates in another order; the
controller decides between two steps, and its weights are compared with the original's.

The idea: a function of the four gates' inputs, whatever product they come from. No bias
and no forget bias, gates in the order i, f, o, g: src/common_ops.py, stack_lstm.

Not for a sequence, which is read in one product: `nn/language.py`, `lstm`.
"""

import tensorflow as tf

NUM_GATES = 4  # side by side in its matrices


def step(gates: tf.Tensor, c: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Output and memory of one step, [B, K] each.

    Args:
      gates: i, f, o and g side by side, before their functions, [B, 4K].
      c: the memory before, [B, K].
    """
    i, f, o, g = tf.split(gates, NUM_GATES, axis=1)
    c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
    return tf.sigmoid(o) * tf.tanh(c), c
