"""What the final children of arcs cost: how many parameters, how many operations.

Values alone; who counts them is named by the `costs` of a `SpaceSpec`. So that what
draws or compares arcs can go by their size without knowing a network.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from enas_tf.spaces.base import ArcT, SearchSpace


class Cost(NamedTuple):
    """The cost of one arc's final child.

    Attributes:
      parameters: trainable numbers.
      flops: floating point operations of the answer to one image or one word.
    """

    parameters: int
    flops: int


class Costs(NamedTuple):
    """The costs of N arcs' final children.

    Attributes:
      parameters: [N] int64.
      flops: [N] int64.
    """

    parameters: np.ndarray
    flops: np.ndarray


# Tokens [N, T], each in its range -> the costs of their arcs.
CostsOf: TypeAlias = Callable[[np.ndarray], Costs]


def of_arc(costs_of: CostsOf, space: SearchSpace[ArcT], arc: ArcT) -> Cost:
    """The cost of one arc of `space`, whose arcs `costs_of` counts."""
    parameters, flops = costs_of(np.asarray([space.encode(arc)]))
    return Cost(int(parameters[0]), int(flops[0]))
