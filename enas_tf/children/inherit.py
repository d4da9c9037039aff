"""Which weight of a shared child a weight of a final child can begin with.

`SpaceSpec.inherit` of a space is an `Inherit`. What is paired does the same in both
networks under the arc; whether the shapes are equal is looked at by whoever asks.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from enas_tf.spaces.base import SearchSpace

Arrays = dict[str, np.ndarray]


class Final(NamedTuple):
    """A final child, as far as its weights are asked about.

    Attributes:
      arc: of ints.
      ops: the name of each op by the arc's numbers.
      paths: of its trained weights, in Keras' order.
    """

    arc: Any
    ops: Sequence[str]
    paths: Sequence[str]


class Inherit(Protocol):
    """`SpaceSpec.inherit`."""

    def __call__(
        self, final: Final, views: Mapping[str, np.ndarray], space: SearchSpace
    ) -> Arrays:
        """By paths of the final child: what these weights are in the shared child.

        Paths that the final child lacks may be among them.

        Args:
          final: the child that is to begin.
          views: the shared weights by name, those of an auxiliary head behind "aux/";
            of packed ones the pieces, [rows, ...].
          space: of the search.
        """


def norm(layer: str, views: Mapping[str, np.ndarray], name: str) -> Arrays:
    """A batch normalisation; {} where the shared child has none of that name."""
    pairs = dict(gamma=f"{name}/scale", beta=f"{name}/offset")
    return {f"{layer}/{own}": views[v] for own, v in pairs.items() if v in views}


def conv_norm(layer: str, views: Mapping[str, np.ndarray], name: str) -> Arrays:
    """A convolution and its batch normalisation; {} where there is none."""
    if f"{name}/kernel" not in views:
        return {}
    kernel = {f"{layer}/kernel": views[f"{name}/kernel"]}
    return kernel | norm(f"{layer}_bn", views, name)


def in_order(paths: Sequence[str], values: Sequence[np.ndarray]) -> Arrays:
    """The weights of an op, which has them in one order in both forms.

    {} where one form has more than the other, as of an op that is halved.
    """
    return dict(zip(paths, values, strict=True)) if len(paths) == len(values) else {}


def fitted(value: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """`value` in `shape`, if they differ in axes of length 1 only; else as it is.

    A 1x1 convolution is a matrix in the shared child.
    """
    sizes = [[n for n in of if n != 1] for of in (value.shape, shape)]
    return value.reshape(shape) if sizes[0] == sizes[1] else value
