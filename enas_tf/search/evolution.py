"""Regularised evolution (Real et al. 2019), to hold a controller against.

Keep a population; of a few of it take the best, change one of its decisions, and let
the oldest die. It needs no gradient and no policy.
"""

import collections
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

POPULATION = 50
SAMPLE = 10  # of it, the best of which has a child


class Born(NamedTuple):
    """An arc that was paid: its tokens [T], and what it got; more is better."""

    tokens: np.ndarray
    paid: float


Population = collections.deque[Born]  # the oldest first


def populations(
    first: np.ndarray,
    pay: Callable[[np.ndarray], np.ndarray],
    choices: np.ndarray,
    rng: np.random.Generator,
) -> Iterator[Population]:
    """The population of `first`, then after each child, without end.

    It is one object, which changes with the next step.

    Args:
      first: [N, T] int32.
      pay: from arcs [K, T] to what each gets, [K]; each is paid once, when it is born.
      choices: [T], how many values each token can take.
      rng: draws samples and changes.
    """
    size = len(first)
    paid = pay(first)
    alive = collections.deque(map(Born, first, paid.tolist()), maxlen=size)
    while True:
        yield alive
        places = rng.choice(size, min(SAMPLE, size), replace=False)
        parent = max((alive[place] for place in places), key=lambda one: one.paid)
        child = mutated(parent.tokens, choices, rng)
        # At its full length the deque drops the oldest.
        alive.append(Born(child, float(pay(child[None])[0])))


def mutated(
    tokens: np.ndarray, choices: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """`tokens` [T] with one of them another; `choices` as in `populations`."""
    child, free = tokens.copy(), np.flatnonzero(choices > 1)
    place = free[rng.integers(len(free))]
    values = choices[place]
    child[place] = (child[place] + rng.integers(1, values)) % values
    return child
