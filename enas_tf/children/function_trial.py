"""Tries a function that another program added to the rnn space, as op_trial.py does.

Not for the ops of an image space, which have weights and a form of their own in the
final child.
"""

import numpy as np
import tensorflow as tf

from enas_tf.children import op_trial
from enas_tf.nn import recurrent

TOLERANCE = 1e-3
# [2, 3]; away from whole numbers, where functions of pieces have no slope.
INPUTS = ((-2.3, -1.1, -0.4), (0.3, 1.2, 2.4))


def refuse_wrong(name: str) -> None:
    """Try the function of a row of `op_rows.RNN`.

    Raises:
      ConfigError: there is none, or it is not what `recurrent.Function` says.
    """
    with op_trial.refusals("rnn", name):
        if name not in recurrent.FUNCTIONS:
            raise ValueError(
                "it has a row and no function: add one of its name to FUNCTIONS of "
                "nn/recurrent.py"
            )
        function, x = recurrent.FUNCTIONS[name], tf.constant(INPUTS)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = op_trial.like(x, function.value(x), "value")
        _, slope = function.value_and_slope(x, tf.ones_like(y))
        slope = op_trial.like(x, slope, "slope")
        right = tape.gradient(y, x, unconnected_gradients="zero")
        if not np.allclose(slope, right, TOLERANCE, TOLERANCE):
            raise ValueError(
                f"its slope is {_first_other(slope, right)}: it must be the derivative "
                "of its value"
            )


def _first_other(slope: tf.Tensor, right: tf.Tensor) -> str:
    """`0.5 at -2.3, where its value has 1`, of the first place that differs."""
    rows = zip(np.ravel(INPUTS), np.ravel(slope), np.ravel(right), strict=True)
    x, came, wanted = next(r for r in rows if not np.isclose(*r[1:], TOLERANCE))
    return f"{came:.4g} at {x:g}, where its value has {wanted:.4g}"
