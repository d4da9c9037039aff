"""The contract between a network and what trains it, whatever the network is."""

from collections.abc import Sequence
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf

from enas_tf.children.output import ChildOutput
from enas_tf.config.sections import ChildConfig


class Optimizer(Protocol):
    """Changes variables by their gradients.

    Attributes:
      variables: its own, all of which a checkpoint holds.
      free: those of `variables` that are no weights, so that any value of them is good.
    """

    @property
    def variables(self) -> Sequence[tf.Variable]:
        """Those of its own."""

    @property
    def free(self) -> Sequence[tf.Variable]:
        """Those that are no weights."""

    def apply(self, gradients: Sequence[tf.Tensor], lr: tf.Tensor) -> None:
        """One step; a gradient for each variable, in its shape, and the rate, []."""


class Network(Protocol):
    """Something with variables that answers a training batch.

    `optimizer` and `initial_state` are called once, before the first `forward`.

    Attributes:
      variables: what is trained.
      decayed: whether L2 is for the variable, for each of them.
      num_tokens: of the arc that `forward` reports, 0 for a network of one arc.
    """

    variables: list[tf.Variable]
    decayed: list[bool]
    num_tokens: int

    def optimizer(self, config: ChildConfig) -> Optimizer:
        """A new optimizer of `variables`."""

    def initial_state(self, batch_size: int) -> tf.Tensor | None:
        """The state before the first step; none for a network without a state."""

    def forward(
        self, inputs: tf.Tensor, *, step: tf.Tensor, state: tf.Tensor | None = None
    ) -> tuple[ChildOutput, tf.Tensor]:
        """Run training step `step` ([] int64); also the arc's tokens, [num_tokens].

        `state`: that of the output of the step before.
        """

    def arc_text(self, tokens: np.ndarray) -> str:
        """The arc of `tokens` as one would type it, "" for a network of one arc."""


class PartNetwork(Network, Protocol):
    """A network that can be told which part of a batch it answers.

    Attributes:
      moving: the moving averages that `forward` writes.
    """

    @property
    def moving(self) -> Sequence[keras.Variable]:
        """Moving averages, in one order."""

    def forward(
        self,
        inputs: tf.Tensor,
        *,
        step: tf.Tensor,
        state: tf.Tensor | None = None,
        part: tf.Tensor | None = None,
    ) -> tuple[ChildOutput, tf.Tensor]:
        """As of a `Network`; `part` is the number of a part, [] int32, None: all."""
