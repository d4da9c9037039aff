"""Values of one time step that its gradient needs, handed over together."""

from collections.abc import Callable

import tensorflow as tf


class Kept:
    """What several custom gradients within one step of a loop need.

    TensorFlow hands each tensor from a loop's step to that step's gradient in a list
    of its own: eight nodes, which are run in every step. Here tensors of one shape are
    stacked, and the stack is handed over.
    """

    def __init__(self):
        """Nothing yet; one is made for every step."""
        self._rows: list[tuple[tf.Tensor, ...]] = []
        self._stacks: list[tf.Tensor] = []

    def keep(self, *tensors: tf.Tensor) -> Callable[[], list[tf.Tensor]]:
        """What gives the tensors back in a gradient.

        Each is of the shape and type that stand in its place in the other calls.
        """
        row = len(self._rows)
        self._rows.append(tensors)
        # Equal unstacks in every gradient, of which TensorFlow makes one.
        return lambda: [tf.unstack(stack)[row] for stack in self._stacks]

    def close(self) -> None:
        """To be called at the end of the step: nothing more is kept."""
        self._stacks = [tf.stack(column) for column in zip(*self._rows, strict=True)]
