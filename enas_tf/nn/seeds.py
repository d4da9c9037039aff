"""Where all random numbers come from: pure functions of (run seed, stream, step).

Nothing in this project keeps the state of a random generator. So the position of a run
is a few integers, and a run that was killed and goes on draws what it would have drawn.
"""

import zlib

import numpy as np
import tensorflow as tf

# One number per purpose, so that no two purposes share their draws. Append only: a
# changed number changes every result.
STREAMS = dict(
    arc=1,  # the arc of a child step
    order=2,  # the order of an epoch
    augment=3,
    dropout=4,
    controller=5,  # the arcs of a controller update
    reward=6,  # the validation batches of a controller update
    sampled=7,  # the ten arcs shown after a controller phase
    evaluate=8,  # the arcs of an evaluation
    derive=9,
    random_arcs=10,
    drop_path=11,
    bptt=12,  # the lengths of the pieces of a text
    evaluation_order=13,  # of a split's examples, for an evaluation
    interval=14,  # the replicates behind an interval
)


def at(run_seed: int, stream: str, step: tf.Tensor | int) -> tf.Tensor:
    """The seed of one draw, [2] int32, for `tf.random.stateless_*`."""
    base = tf.constant([run_seed, STREAMS[stream]], tf.int32)
    return fold(base, step)


def fold(seed: tf.Tensor, number: tf.Tensor | int) -> tf.Tensor:
    """Another seed ([2] int32) for each `number`."""
    return tf.random.experimental.stateless_fold_in(seed, tf.cast(number, tf.int32))


def of_name(run_seed: int, name: str) -> int:
    """A seed of its own for each weight: equal seeds would give equal weights."""
    return zlib.crc32(f"{run_seed}/{name}".encode()) & 0x7FFFFFFF


def on_host(run_seed: int, stream: str, step: int = 0) -> np.random.Generator:
    """The same idea for NumPy."""
    return np.random.default_rng([run_seed, STREAMS[stream], step])
