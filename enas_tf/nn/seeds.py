"""Random numbers as pure functions of (run seed, stream, step).

The problem: a run that was killed must go on with the draws that it would have made. A
generator has a state, which would have to be saved at every point where it is read.

The idea: nothing keeps a generator. Every draw has a seed that follows from the run's
seed, its purpose (a stream) and the number of its step, and goes to
`tf.random.stateless_*`. So the position of a run is a few integers.

Not for a draw that must differ between two runs of one seed, such as the name of a
temporary file.
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
    watched=15,  # the arcs that a policy's figures are taken from
    latency=16,  # the arcs that a model of latency is fitted to
)


def at(run_seed: tf.Tensor | int, stream: str, step: tf.Tensor | int) -> tf.Tensor:
    """The seed of one draw, [2] int32, for `tf.random.stateless_*`.

    Args:
      run_seed: `--seed`; [] int32 where one graph is to serve several.
      stream: a key of `STREAMS`.
      step: the draw's number within its stream, [] of any integer type.
    """
    base = tf.convert_to_tensor([run_seed, STREAMS[stream]], tf.int32)
    return fold(base, step)


def fold(seed: tf.Tensor, number: tf.Tensor | int) -> tf.Tensor:
    """Another seed for each `number`.

    Args:
      seed: [2] int32.
      number: [] of any integer type.

    Returns:
      [2] int32.
    """
    return tf.random.experimental.stateless_fold_in(seed, tf.cast(number, tf.int32))


def of_part(seed: tf.Tensor, number: tf.Tensor | None) -> tf.Tensor:
    """The seed of one of several things that a step does alike.

    Args:
      seed: the step's, [2] int32, of which numbers from 0 on are folded elsewhere.
      number: which thing, [] int32; None: there is one.

    Returns:
      [2] int32; of number 0 it is `seed` itself.
    """
    if number is None:
        return seed
    # Numbers from 0 on are folded into a seed, so -1 keeps the things apart.
    return tf.where(number == 0, seed, fold(fold(seed, -1), number))


def of_name(run_seed: int, name: str) -> int:
    """The seed of a weight's first values, an int below 2^31.

    One for each name: equal seeds would give equal weights to equal shapes.
    """
    # Not hash(): Python salts it anew in each process.
    return zlib.crc32(f"{run_seed}/{name}".encode()) & 0x7FFFFFFF


def on_host(run_seed: int, stream: str, step: int = 0) -> np.random.Generator:
    """A generator of NumPy's for one draw, of the same three; see `at`."""
    return np.random.default_rng([run_seed, STREAMS[stream], step])
