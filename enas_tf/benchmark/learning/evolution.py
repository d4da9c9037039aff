"""Regularised evolution on a table of rewards, to hold a controller against."""

from collections.abc import Sequence

import numpy as np

from enas_tf.benchmark.learning.pay import HostRewards
from enas_tf.benchmark.learning.table import Table
from enas_tf.search import evolution


def populations(
    table: Table,
    rewards: HostRewards,
    rng: np.random.Generator,
    counts: Sequence[int],
    *,
    size: int = evolution.POPULATION,
) -> dict[int, np.ndarray]:
    """The population after so many rewards, {count: [size, T] int32}.

    Args:
      table: whose arcs they are.
      rewards: pays each arc once, when it is born, on a batch of its own.
      rng: draws the first arcs, the samples and the changes.
      counts: rising, each at least `size`.
      size: of the population.
    """
    found = {}
    alive = evolution.populations(
        table.random(rng, size),
        lambda tokens: rewards.of(tokens, common=False),
        np.full(table.layers, table.choices),
        rng,
    )
    for count, population in zip(range(size, counts[-1] + 1), alive, strict=False):
        if count in counts:
            found[count] = np.stack([one.tokens for one in population])
    return found
