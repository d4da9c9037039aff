"""A function of a plugin for the nodes of a recurrent cell."""

from collections.abc import Callable

import tensorflow as tf

from enas_tf.nn import recurrent
from enas_tf.spaces import op_rows
from enas_tf.spaces.op_table import OpRow

COLOUR = "#cfc4b4"


def function(
    name: str, value: Callable[[tf.Tensor], tf.Tensor], *, colour: str = COLOUR
) -> None:
    """Add a function that a node of the rnn space may apply.

      plugin.function("gelu", tf.nn.gelu)

    Args:
      name: up to 24 small letters, digits and `_`, a letter first.
      value: x [B, H] float32 -> a tensor like it, element by element. Its slope is
        TensorFlow's own.
      colour: of its boxes in pictures, `#rrggbb`.

    Raises:
      ValueError: a name that cannot be one or is taken.
    """
    if not callable(value):
        raise ValueError(f"the function {name} is {value!r}: give a function")
    row = OpRow(name, colour)
    op_rows.RNN.check(row)
    if row in op_rows.RNN.rows:
        raise ValueError(f"the function {name} is there already: give another name")

    def slope(x: tf.Tensor, ones: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = value(x)
        return tape.gradient(y, x, ones, unconnected_gradients="zero")

    op_rows.RNN.add(row)
    recurrent.FUNCTIONS[name] = recurrent.Function(value, slope, of_input=True)
