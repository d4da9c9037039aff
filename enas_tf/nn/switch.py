"""The choice of an op at run time: one is computed, the others cost next to nothing.

The problem: to compute all ops and pick one costs as many times as there are ops, and
TensorFlow's own gradient of a switch hands over each tensor by itself.

The idea: each op is cut into its value and its gradient beforehand (nn/halves.py). One
switch computes the value and bundles its residuals, the tensors that its gradient
reads. Another one opens the bundle and computes the gradient.

Not for functions in a loop over time (nn/recurrent.py), nor where the choice is known
when the graph is made: call the op.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import tensorflow as tf

from enas_tf.nn import halves
from enas_tf.nn.halves import Halves

# Any structure of tensors: what the ops read beside the map.
Weights: TypeAlias = Mapping[str, object] | Sequence[object] | tf.Tensor

# A function that stays one call in the graph that calls it.
one_call = functools.partial(
    tf.function, autograph=False, experimental_attributes={"_noinline": True}
)


class Switch:
    """One of several ops, chosen at run time; only that one is computed.

    TensorFlow weaves the bodies of all branches into the graph around them, where each
    of their nodes is looked at in every step. So the branches are short: what the way
    back needs of an op is one bundle (nn/halves.py), and the gradient is a second
    switch of which each branch opens its own.

    A switch is traced once for inputs of one kind, wherever it is called.
    """

    def __init__(self, ops: Sequence[Callable[..., tf.Tensor]]):
        """Create the switch.

        Args:
          ops: pure functions (x, weights) -> y, y like x in shape and type. Each may
            leave out what it does not need, and close over arrays and constants; a
            variable must be among the weights, or a ValueError says so at the first
            call (nn/halves.py).
        """
        self.ops = tuple(ops)
        self._traced_once = tf.function(self._call, autograph=False)

    def __call__(
        self, index: tf.Tensor | int, x: tf.Tensor, weights: Weights
    ) -> tf.Tensor:
        """ops[index](x, weights); index: [] int32, weights: any structure of tensors.

        An index beyond the ops runs the last one: arcs are checked on the host.
        """
        y = self._traced_once(tf.convert_to_tensor(index), x, weights)
        return tf.ensure_shape(y, x.shape)

    def _call(self, index: tf.Tensor, x: tf.Tensor, weights: Weights) -> tf.Tensor:
        inputs = [x, *tf.nest.flatten(weights)]
        cuts = [self._cut(op, inputs, weights) for op in self.ops]

        @tf.custom_gradient
        def chosen(*inputs: tf.Tensor) -> tuple[tf.Tensor, Callable]:
            ways = [functools.partial(_forward, cut, inputs) for cut in cuts]
            y, bundle = tf.switch_case(index, ways)

            def gradient(dy: tf.Tensor) -> list[tf.Tensor]:
                back = [functools.partial(_back, c, bundle, dy, inputs) for c in cuts]
                return tf.switch_case(index, back)

            return y, gradient

        return chosen(*inputs)

    def _cut(self, op: Callable, inputs: list[tf.Tensor], weights: Weights) -> Halves:
        def flat(x: tf.Tensor, *values: tf.Tensor) -> tf.Tensor:
            return op(x, tf.nest.pack_sequence_as(weights, values))

        with tf.init_scope():  # a graph of its own
            return halves.cut(flat, [tf.TensorSpec(i.shape, i.dtype) for i in inputs])


def _forward(cut: Halves, inputs: Sequence[tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
    """The value of an op, and its residuals as one tensor."""
    y, *residuals = cut.forward(*inputs)
    if not residuals:
        return y, tf.raw_ops.OptionalNone()
    return y, tf.raw_ops.OptionalFromValue(components=residuals)


def _back(
    cut: Halves, bundle: tf.Tensor, dy: tf.Tensor, inputs: Sequence[tf.Tensor]
) -> list[tf.Tensor]:
    """The gradient of each input; zeros where the op leaves it out."""
    residuals = []
    if cut.residuals:
        residuals = tf.raw_ops.OptionalGetValue(
            optional=bundle,
            output_types=[spec.dtype for spec in cut.residuals],
            output_shapes=[spec.shape for spec in cut.residuals],
        )
    found = dict(zip(cut.differentiable, cut.backward(*residuals, dy), strict=True))
    return [
        found[n] if n in found else tf.zeros_like(value)
        for n, value in enumerate(inputs)
    ]
