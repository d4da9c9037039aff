"""Drop path: in training, an operand of a block is now and then left out.

Reference: reference code src/cifar10/image_ops.py, `drop_path`, and micro_child.py,
`_apply_drop_path`. The layer is for training only: no exported model holds it.
"""

import keras
import tensorflow as tf

from enas_tf.nn import seeds


class DropPathClock:
    """Where training stands, for all drop path layers of a model.

    Whoever trains sets it for every step. It holds no weights: what it says follows
    from the step alone, so no checkpoint needs it.
    """

    def __init__(self):
        """Stands at the beginning, where nothing is dropped."""
        self.progress = tf.Variable(0.0, trainable=False)
        self.seed = tf.Variable([0, 0], trainable=False, dtype=tf.int32)

    def set(self, *, progress: tf.Tensor, seed: tf.Tensor) -> None:
        """Args: how much of training is done, [] float32, 0 to 1; [2] int32."""
        self.progress.assign(progress)
        self.seed.assign(seed)


class DropPath(keras.layers.Layer):
    """Keeps each example of [B, H, W, C], scaled, or sets all of it to zero."""

    def __init__(self, clock: DropPathClock, keep_prob: float, *, name: str):
        """Args: when; how likely an example is kept at the end of training."""
        super().__init__(name=name)
        self.clock = clock
        self.keep_prob = keep_prob

    def call(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        """x, with other examples left out in each step and layer."""
        if not training:
            return x
        keep = 1.0 - self.clock.progress * (1.0 - self.keep_prob)
        seed = seeds.fold(self.clock.seed, seeds.of_name(0, self.name))
        uniform = tf.random.stateless_uniform([tf.shape(x)[0], 1, 1, 1], seed)
        return x / keep * tf.floor(keep + uniform)


def keep_prob(cell: int, num_cells: int, deepest: float) -> float:
    """The `keep_prob` of cell `cell`, counted from 0: less, the deeper it is.

    `deepest` is that of the last of the `num_cells` cells.
    """
    return 1.0 - (cell + 1) / num_cells * (1.0 - deepest)
