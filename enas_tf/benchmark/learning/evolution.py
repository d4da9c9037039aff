"""Regularised evolution (Real et al. 2019), to hold a controller against.

Keep a population; of a few of it take the best, change one of its decisions, and let
the oldest die. It needs no gradient and no policy.
"""

import collections
from collections.abc import Sequence

import numpy as np

from enas_tf.benchmark.learning.pay import HostRewards
from enas_tf.benchmark.learning.table import Table

POPULATION = 50
SAMPLE = 10  # of it, the best of which has a child


def populations(
    table: Table,
    rewards: HostRewards,
    rng: np.random.Generator,
    counts: Sequence[int],
    *,
    size: int = POPULATION,
) -> dict[int, np.ndarray]:
    """The population after so many rewards, {count: [size, T] int32}.

    Args:
      table: whose arcs they are.
      rewards: pays each arc once, when it is born, on a batch of its own.
      rng: draws the first arcs, the samples and the changes.
      counts: rising, each at least `size`.
      size: of the population.
    """
    first = table.random(rng, size)
    paid = rewards.of(first, common=False)
    alive = collections.deque(zip(first, paid, strict=True), maxlen=size)
    found = {}
    for count in range(size, counts[-1] + 1):
        if count in counts:
            found[count] = np.stack([tokens for tokens, _ in alive])
        places = rng.choice(size, min(SAMPLE, size), replace=False)
        parent, _ = max((alive[place] for place in places), key=lambda one: one[1])
        child = mutated(parent, table.choices, rng)
        # At its full length the deque drops the oldest.
        alive.append((child, float(rewards.of(child[None], common=False)[0])))
    return found


def mutated(tokens: np.ndarray, choices: int, rng: np.random.Generator) -> np.ndarray:
    """`tokens` [T] with one of them another."""
    child = tokens.copy()
    place = rng.integers(len(child))
    child[place] = (child[place] + rng.integers(1, choices)) % choices
    return child
