"""The choice of an op at run time: one is computed, the others cost nothing.

TensorFlow would weave the bodies of all branches into the graph around them, where each
of their nodes is looked at in every step, and the gradient's too. Kept whole, a branch
is one call (docs/design.md, "The switch").
"""

from collections.abc import Callable, Sequence

import tensorflow as tf

# What tells TensorFlow to weave a switch in; its gradient does as the switch does.
LOWERED = "_lower_using_switch_merge"


def switch(
    index: tf.Tensor, branches: Sequence[Callable[[], tf.Tensor]], *, like: tf.Tensor
) -> tf.Tensor:
    """branches[index](), a tensor in the static shape of `like`; index: [] int32.

    An index beyond the branches runs the last one: arcs are checked on the host.
    """
    result = tf.switch_case(tf.convert_to_tensor(index), branches)
    if not tf.executing_eagerly():
        # What a switch returns is the identity of what its op gave.
        (given,) = result.op.inputs
        whole = tf.compat.v1.AttrValue(b=False)
        # The one private call here: no public function asks for this. Without it the
        # numbers are the same, and a step is slower.
        given.op._set_attr(LOWERED, whole)
    result.set_shape(like.shape)
    return result
