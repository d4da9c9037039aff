"""Residuals of a loop's step, the values that its gradient reads, in few stacks.

The problem: TensorFlow carries every tensor that a step's gradient reads in a list of
its own, and each list costs eight nodes in every time step. A recurrent cell of N nodes
has 3 N such tensors.

The idea: custom gradients do not capture their residuals. They save them here, tensors
of one shape are stacked, and each gradient takes its row out of the stack again. So a
step hands over one list for each kind of residual, not one for each tensor
(docs/experiments.md, "The rnn cell").

Not for a graph without a loop, where tensors are captured at no cost and stacking
copies them; nor for residuals of many shapes, of which each has a stack to itself.
"""

from collections.abc import Callable

import tensorflow as tf


class Residuals:
    """The residuals of all custom gradients within one step of a loop.

    Order of calls: `save` while the step computes its values, then `close` once at its
    end. What `save` gave may be called only in a gradient, which is traced after that.
    """

    def __init__(self) -> None:
        """Empty; one is made for every step that is traced."""
        self._rows: list[tuple[tf.Tensor, ...]] = []
        self._stacks: list[tf.Tensor] = []

    def save(self, *tensors: tf.Tensor) -> Callable[[], list[tf.Tensor]]:
        """Saves the residuals of one gradient.

        Args:
          *tensors: as many in each call; the n-th of all calls have one shape and type.

        Returns:
          To be called in the gradient: the same tensors again.
        """
        row = len(self._rows)
        self._rows.append(tensors)
        # All gradients unstack alike, so that TensorFlow makes one operation of them.
        return lambda: [tf.unstack(stack)[row] for stack in self._stacks]

    def close(self) -> None:
        """Stacks what was saved; to be called in the step itself, not in a gradient."""
        # n tensors [...] of one place become one [n, ...].
        self._stacks = [tf.stack(column) for column in zip(*self._rows, strict=True)]
