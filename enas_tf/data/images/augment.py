"""Random crop, flip and CutOut of a whole batch in one vectorised pass.

Reference: reference code src/cifar10/models.py. Two batched gathers (rows, then
columns) instead of a map over images: about five times as fast. Stateless random
numbers only.
"""

import tensorflow as tf

from enas_tf.nn import seeds


def augment(
    images: tf.Tensor, *, pad: int, flip: bool, cutout: int, seed: tf.Tensor
) -> tf.Tensor:
    """Vary each image of a batch in its own way.

    Zeros are padded after standardisation: the border has the mean colour.

    Args:
      images: [B, H, W, C] float32, standardised.
      pad: pixels added on each side before a crop of the old size; 0: no crop.
      flip: whether to mirror half of the images, left to right.
      cutout: side of the square that is set to zero; 0: none.
      seed: [2] int32.

    Returns:
      [B, H, W, C] float32.
    """
    # One seed a draw: equal seeds would make the draws equal.
    row_seed, column_seed, flip_seed, top_seed, left_seed = (
        seeds.fold(seed, draw) for draw in range(5)
    )
    batch, height, width = tf.unstack(tf.shape(images)[:3])
    rows = tf.tile(tf.range(height)[tf.newaxis], [batch, 1])
    columns = tf.tile(tf.range(width)[tf.newaxis], [batch, 1])
    if flip:
        mirrored = _corners(batch, 2, flip_seed) == 1
        columns = tf.where(mirrored, width - 1 - columns, columns)
    shape = images.shape
    if pad:
        images = tf.pad(images, [[0, 0], [pad, pad], [pad, pad], [0, 0]])
        rows += _corners(batch, 2 * pad + 1, row_seed)
        columns += _corners(batch, 2 * pad + 1, column_seed)
        images = tf.gather(images, rows, axis=1, batch_dims=1)
    if pad or flip:
        images = tf.gather(images, columns, axis=2, batch_dims=1)
    images = tf.ensure_shape(images, shape)
    if cutout:
        # Deviation K7 (kept): the square's corner is drawn, not its centre.
        top = _corners(batch, height, top_seed)
        left = _corners(batch, width, left_seed)
        images *= _outside_square(height, width, top, left, cutout)
    return images


def _corners(batch: tf.Tensor, limit: tf.Tensor | int, seed: tf.Tensor) -> tf.Tensor:
    """[B, 1] int32, uniform in 0..limit-1."""
    return tf.random.stateless_uniform(
        [batch, 1], seed, minval=0, maxval=limit, dtype=tf.int32
    )


def _outside_square(
    height: tf.Tensor, width: tf.Tensor, top: tf.Tensor, left: tf.Tensor, side: int
) -> tf.Tensor:
    """[B, H, W, 1] float32: 0 in the square whose top-left corner is given, else 1.

    The square is clipped at the bottom and on the right, as in the original; CutOut as
    published is centred on its point.
    """
    in_rows = (tf.range(height) >= top) & (tf.range(height) < top + side)  # [B, H]
    in_columns = (tf.range(width) >= left) & (tf.range(width) < left + side)  # [B, W]
    inside = in_rows[:, :, tf.newaxis] & in_columns[:, tf.newaxis, :]
    return 1.0 - tf.cast(inside, tf.float32)[..., tf.newaxis]
