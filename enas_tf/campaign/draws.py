"""Random choices of a plan: pure functions of (seed, purpose, number).

As those of nn/seeds.py, which imports TensorFlow; a plan is made without.
"""

import numpy as np

# One number per purpose, and none of nn/seeds.py. Append only.
STREAMS = dict(arcs=1001, neighbours=1002, samples=1003)


def generator(seed: int, stream: str, step: int = 0) -> np.random.Generator:
    """A generator for one draw.

    Args:
      seed: --seed of the campaign.
      stream: a key of `STREAMS`.
      step: the draw's number.
    """
    return np.random.default_rng([seed, STREAMS[stream], step])
