"""What a reward is given of an arc: what was measured, itself, and what it costs."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import tensorflow as tf

from enas_tf.config.live import Live


class RewardInputs(NamedTuple):
    """Of one arc; numbers are [] float32.

    Attributes:
      measures: means over a batch, by name: "accuracy" or, of texts, "perplexity"; and
        "log_likelihood", nats.
      arc: of the searched space, of scalar int32 tensors.
      costs: of its final child, by name: "params", "flops" and, of images, "latency",
        milliseconds. KeyError where a cost is not known.
    """

    measures: Mapping[str, tf.Tensor]
    arc: Any
    costs: Mapping[str, tf.Tensor]


class Readings:
    """Numbers of K arcs by name, [K] float32, each made when it is first read.

    So a graph holds what its rewards read and nothing else, and it is known what that
    is: a latency is measured only where it is read.
    """

    def __init__(self, makers: Mapping[str, Callable[[], tf.Tensor]]):
        """Nothing is read yet.

        Args:
          makers: of the numbers of all arcs, by name.
        """
        self._makers = makers
        self._made: dict[str, tf.Tensor] = {}

    @property
    def read(self) -> tuple[str, ...]:
        """The names that were read, in the order in which they first were."""
        return tuple(self._made)

    def of(self, place: int) -> Mapping[str, tf.Tensor]:
        """Those of the arc at `place`, [] each."""
        return Live(lambda: self._makers, lambda name: self._all(name)[place])

    def _all(self, name: str) -> tf.Tensor:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]
