"""The step of an LSTM, which the controller and the model for comparison have in common.

No bias and no forget bias, gates in the order i, f, o, g: src/common_ops.py, stack_lstm,
and enas_lm's fixed_lib.py. Keras' own layer has other gates and a bias, and takes a
whole sequence; the controller decides between two steps.
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
