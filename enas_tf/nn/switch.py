"""The choice of an op at run time: one is computed, the others cost next to nothing."""

import functools
from collections.abc import Callable, Sequence

import tensorflow as tf

# What tells TensorFlow to weave a switch in; its gradient does as the switch does.
LOWERED = "_lower_using_switch_merge"
# A function that stays one call in the graph that calls it.
one_call = functools.partial(
    tf.function, autograph=False, experimental_attributes={"_noinline": True}
)


def switch(
    index: tf.Tensor,
    branches: Sequence[Callable[[], tf.Tensor]],
    *,
    like: tf.Tensor,
    whole: bool = False,
) -> tf.Tensor:
    """branches[index](), a tensor in the static shape of `like`; index: [] int32.

    TensorFlow weaves the bodies of all branches into the graph around them, where each
    of their nodes is looked at in every step. With `whole` the chosen branch is a call
    instead: better for long branches, of which there are many. On a CPU such a branch
    should be a `one_call`, because TensorFlow does not use oneDNN's kernels in the body
    of a switch kept whole (docs/design.md, "The switch").

    An index beyond the branches runs the last one: arcs are checked on the host.
    """
    result = tf.switch_case(tf.convert_to_tensor(index), branches)
    if whole and not tf.executing_eagerly():
        # What a switch returns is the identity of what its op gave.
        (given,) = result.op.inputs
        # The one private call here: no public function asks for this. Without it the
        # numbers are the same, and a step is slower.
        given.op._set_attr(LOWERED, tf.compat.v1.AttrValue(b=False))
    result.set_shape(like.shape)
    return result
