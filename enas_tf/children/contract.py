"""The shared child of any space, as trainer and scorer know it."""

from typing import Any, Protocol

import tensorflow as tf

from enas_tf.children.output import ChildOutput
from enas_tf.nn.parameters import Parameters


class SharedChild(Protocol):
    """Every arc of a space on one set of weights.

    Built once a stage. A training then asks once for `initial_state`, and calls the
    child in each step with an arc that was drawn for it and the state of the step
    before. Scoring calls it with `training=False` and no state. Both trace it: an arc's
    entries are scalar int tensors, and Python must not branch on them.

    Attributes:
      parameters: all weights but those of an auxiliary head, in one vector.
      aux_parameters: those of the head, which L2 leaves out; None where there is none.
    """

    parameters: Parameters
    aux_parameters: Parameters | None

    def initial_state(self, batch_size: int) -> tf.Tensor | None:
        """The state before the first step, [B, ...]; None where no state is carried."""

    def __call__(
        self,
        inputs: tf.Tensor,
        *,
        arc: Any,
        training: bool = False,
        seed: tf.Tensor | None = None,
        **carried: tf.Tensor,
    ) -> ChildOutput:
        """Run one arc.

        Args:
          inputs: images [B, H, W, C] float32, standardised, or words [B, T] int32.
          arc: of the child's space, a NamedTuple of its own kind; `Any`, since each
            child knows its own.
          training: whether to drop, and to run an auxiliary head.
          seed: [2] int32 for what is dropped; given where `training` is.
          **carried: `state`, the `state` of the step before, where one is carried.

        Returns:
          `logits` [B, V], of words [B, T, V]; its other fields where the child has
          such.
        """
