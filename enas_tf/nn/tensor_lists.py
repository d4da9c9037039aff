"""Lists of tensors in a graph, TensorFlow's own: an item is read by reference.

The problem: which of several tensors is read is known in the step alone, and a stack of
them, from which one could be picked, is a copy of all.

The idea: TensorFlow has lists whose items are the tensors themselves. These are its
operations on them, in the forms that are used here.

Not for what a loop collects; `tf.TensorArray` is for that.
"""

from collections.abc import Sequence

import tensorflow as tf

_ANY = -1  # the shape of an item, where a list is asked for one


def empty(dtype: tf.DType) -> tf.Tensor:
    """A list without items; `dtype`: of those that will be in it."""
    return tf.raw_ops.EmptyTensorList(
        element_shape=_ANY, max_num_elements=-1, element_dtype=dtype
    )


def of_rows(block: tf.Tensor) -> tf.Tensor:
    """The list of the rows of a block [n, ...]."""
    return tf.raw_ops.TensorListFromTensor(tensor=block, element_shape=_ANY)


def pushed(held: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
    """The list with x behind it; `held` itself stays as it is."""
    return tf.raw_ops.TensorListPushBack(input_handle=held, tensor=x)


def replaced(held: tf.Tensor, number: tf.Tensor | int, x: tf.Tensor) -> tf.Tensor:
    """The list with x as item `number`; `held` itself stays as it is."""
    return tf.raw_ops.TensorListSetItem(input_handle=held, index=number, item=x)


def items(
    held: tf.Tensor, numbers: Sequence[tf.Tensor | int], *, like: tf.Tensor
) -> list[tf.Tensor]:
    """The items of these numbers, by reference, of the type and shape of `like`."""
    any_shape = tf.constant(_ANY)
    found = [
        tf.raw_ops.TensorListGetItem(
            input_handle=held,
            index=number,
            element_shape=any_shape,
            element_dtype=like.dtype,
        )
        for number in numbers
    ]
    for item in found:
        item.set_shape(like.shape)
    return found
