"""The measurement of a space: a spec's `benchmark` names one."""

import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import tensorflow as tf

from enas_tf.benchmark.growth.forecast import Search
from enas_tf.children.contract import SharedChild
from enas_tf.children.network import Network
from enas_tf.children.output import ChildOutput
from enas_tf.config.sections import Config, ConfigError
from enas_tf.config.spaces import references, registry


class Fixed(Network, Protocol):
    """A network of one arc, which is asked without being trained as well."""

    def answer(self, inputs: tf.Tensor) -> ChildOutput:
        """Its output for a batch; nothing is dropped, and no state came before."""


class Plain(Protocol):
    """Builds a fixed network of one arc."""

    def __call__(
        self, arc: Any, child: SharedChild, config: Config, *, sample: tf.Tensor
    ) -> Fixed:
        """A network with weights of its own.

        Args:
          arc: of ints.
          child: whose weights it starts with.
          config: the sizes of both.
          sample: the inputs of one example, [1, ...].
        """


class Subject(NamedTuple):
    """The subject of the measurements of a space.

    Attributes:
      plain: builds a fixed network of one arc.
      host: settings with which arithmetic hardly counts, so that the framework's share
        of a step shows. `vocabulary` is the number of words.
      batches: sizes of the batches at which a step is timed; the published one last,
        if it does not take too long.
      small: settings from which a size grows while the others stay.
      grown: by flag, the values that it takes then.
      arcs: random arcs whose steps are added up where a size grows.
      evaluated: images, or texts' windows, of a timed evaluation.
      training_size: of the published data: images, or words.
      sizes: settings of the child that say how large it is.
      all_ops: whether a step that computes all ops is measured, too.
      peer: where its child in PyTorch is, as `module:function`; "": nowhere. The
        function takes the sizes of a `peer.order.Order`.
      flops: (an arc of ints, those sizes) -> the useful operations of a step.
      growth: by flag, the values of the points of --what=growth, rising; the first of
        each are the sizes from which another grows. Empty: those of `grown`.
      on_gpu: the published search on one GPU, by BUILD.md ("On a GPU") and, of start
        and input, docs/results.md; None where it was not measured.
    """

    plain: Plain
    host: Mapping[str, int]
    batches: tuple[int, ...]
    small: Mapping[str, int]
    grown: Mapping[str, Sequence[int]]
    arcs: int
    evaluated: int
    training_size: int
    sizes: tuple[str, ...]
    all_ops: bool = True
    peer: str = ""
    flops: Callable[[Any, Mapping[str, int | float]], int] | None = None
    growth: Mapping[str, Sequence[int]] = types.MappingProxyType({})
    on_gpu: Search | None = None


def of(space: str) -> Subject:
    """That of the space of this name.

    Raises:
      ConfigError: its spec names none.
    """
    found = registry.SPECS[space].benchmark
    if found is None:
        raise ConfigError(
            f"--search_for={space}: the benchmark cannot measure this space, because "
            "its spec names no `benchmark`. Give another --search_for."
        )
    return references.load(found)
