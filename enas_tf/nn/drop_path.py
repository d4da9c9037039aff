"""Drop path: in training, an operand of a block is now and then left out.

The problem: how often depends on how far training is, and what is left out must follow
from the step's number alone, or a resumed run would differ. A Keras layer in the middle
of a functional model is told neither.

The idea: all drop path layers of a model share a clock of two variables, which the
trainer sets before every step. A layer draws with the clock's seed and its own name.

Not in a shared child (deviations, K9), and not in an exported model: the layer is ours,
so a final child is built a second time without it.

Reference: reference code src/cifar10/image_ops.py, `drop_path`, and micro_child.py,
`_apply_drop_path`.
"""

import keras
import tensorflow as tf

from enas_tf.nn import seeds


class DropPathClock:
    """The position of training, for all drop path layers of a model.

    The trainer calls `set` before every step. Its variables are no weights: they follow
    from the step alone, so no checkpoint needs them.
    """

    def __init__(self) -> None:
        """At the beginning of training, where nothing is dropped."""
        self.progress = tf.Variable(0.0, trainable=False)
        self.seed = tf.Variable([0, 0], trainable=False, dtype=tf.int32)

    def set(self, *, progress: tf.Tensor, seed: tf.Tensor) -> None:
        """Go to a step.

        Args:
          progress: the share of training that is done, [] float32, 0 to 1.
          seed: the step's, [2] int32.
        """
        self.progress.assign(progress)
        self.seed.assign(seed)


class DropPath(keras.layers.Layer):
    """Keeps each example of [B, H, W, C], scaled, or sets all of it to zero."""

    def __init__(self, clock: DropPathClock, keep_prob: float, *, name: str):
        """Without weights.

        Args:
          clock: the model's.
          keep_prob: probability that an example is kept at the end of training.
          name: the layer's, by which its draws differ from those of the others.
        """
        super().__init__(name=name)
        self.clock = clock
        self.keep_prob = keep_prob

    def call(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        """x ([B, H, W, C]) with some examples set to zero, others in each step."""
        if not training:
            return x
        keep = 1.0 - self.clock.progress * (1.0 - self.keep_prob)
        seed = seeds.fold(self.clock.seed, seeds.of_name(0, self.name))
        # One draw an example, [B, 1, 1, 1]: a path is kept or dropped as a whole.
        uniform = tf.random.stateless_uniform([tf.shape(x)[0], 1, 1, 1], seed)
        # floor is 1 with probability `keep`; dividing keeps the expected value.
        return x / keep * tf.floor(keep + uniform)


def keep_prob(cell: int, num_cells: int, deepest: float) -> float:
    """The `keep_prob` of a cell's layers: less, the deeper it is.

    Args:
      cell: its number, counted from 0.
      num_cells: of the network.
      deepest: the last cell's.
    """
    return 1.0 - (cell + 1) / num_cells * (1.0 - deepest)
