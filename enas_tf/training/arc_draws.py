"""The arcs of each child step: the policy's, uniform ones, or fair rounds.

All are functions of (run seed, stream "arc", step), in a graph. On the host,
`SearchSpace.random` draws uniformly by the same `choices_per_token`.
"""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from enas_tf.config.sections import ChildConfig
from enas_tf.nn import seeds
from enas_tf.spaces.base import SearchSpace
from enas_tf.training.networks import Draw, Policy


def of_policy(policy: Policy, *, seed: int, count: int = 1) -> Draw:
    """Each step's arcs are `count` of the policy's; `seed` is the run's."""
    return _by_step(lambda draw: policy.draw(count, seed=draw), seed)


def of_config(
    config: ChildConfig,
    policy: Policy,
    space: SearchSpace,
    *,
    steps_before: Callable[[int], int],
    num_epochs: int,
    seed: int,
) -> Draw:
    """Each step's arcs as `config` wants them.

    Args:
      config: how many, and whose.
      policy: the controller.
      space: of the policy.
      steps_before: from an epoch to the number of its first step.
      num_epochs: of the search.
      seed: the run's.
    """
    count = config.arcs_per_step
    later = of_policy(policy, seed=seed, count=count)
    if config.sampling == "policy":
        return later
    # Deviation D39: the original samples every arc from the policy.
    source = uniform if config.sampling == "uniform" else fair
    early = _by_step(lambda draw: source(space, count, seed=draw), seed)
    if not 0 < config.sampling_epochs < num_epochs:
        return early
    switch = steps_before(config.sampling_epochs)
    # By the number of the step alone, so that a resumed run switches where it should.
    return lambda step: tf.cond(step < switch, lambda: early(step), lambda: later(step))


def _by_step(source: Callable[[tf.Tensor], tf.Tensor], seed: int) -> Draw:
    """`source` of the seed of each step, [2] int32."""
    return lambda step: source(seeds.at(seed, "arc", step))


def uniform(space: SearchSpace, count: int, *, seed: tf.Tensor) -> tf.Tensor:
    """Arcs of which each is equally likely, [count, T] int32; seed: [2] int32."""
    choices = space.choices_per_token()
    # Below 1 by 2^-23 at least, so that a product rounds to less than the choices.
    draws = tf.random.stateless_uniform([count, len(choices)], seed)
    return tf.cast(draws * tf.cast(choices, tf.float32), tf.int32)


def fair(space: SearchSpace, rounds: int, *, seed: tf.Tensor) -> tf.Tensor:
    """Arcs that have each op in each decision equally often.

    A round has as many arcs as the largest decision on an op has choices, and takes
    these in a random order, another for each decision. A decision with fewer choices
    takes its own again from the first. Other decisions are uniform. (FairNAS, arXiv
    1907.01845, calls it strict fairness.)

    Args:
      space: with at least one decision on an op.
      rounds: how many.
      seed: [2] int32.

    Returns:
      [rounds * ops, T] int32.
    """
    choices, is_op = space.choices_per_token(), space.chooses_op()
    count = int(choices[is_op].max())
    turns = np.arange(count)
    keys = tf.random.stateless_uniform(
        [rounds, len(choices), count], seeds.fold(seed, 0)
    )
    # What a decision cannot choose sorts behind all that it can.
    order = tf.argsort(keys + (turns >= choices[:, None]).astype(np.float32))
    again = np.broadcast_to(turns % choices[:, None], keys.shape)
    # As floats, since oneDNN complains of transposed integers on many processors.
    ops = tf.cast(tf.gather(order, again, batch_dims=2), tf.float32)
    ops = tf.cast(tf.transpose(ops, [0, 2, 1]), tf.int32)
    others = uniform(space, rounds * count, seed=seeds.fold(seed, 1))
    return tf.where(is_op, tf.reshape(ops, others.shape), others)
