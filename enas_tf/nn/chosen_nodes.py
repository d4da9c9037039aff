"""Nodes of a recurrent cell whose inputs and functions are tensors, and their gradient.

The problem: in a search, which node a node reads is known in the step alone. Taken from
a stack of the nodes so far it costs a copy of all of them, and by TensorFlow's own
gradient as many products with a one and zeros, and their sum. A loop over time steps
also pays for each tensor that the gradient of a step reads.

The idea: all nodes of a time step are one function with a gradient written out by hand.
Values stand in a list (`nn/tensor_lists.py`), from which later nodes read by reference;
in the gradient each node adds its own to the item of the node that it read. What the
gradient reads leaves the step in four blocks (docs/experiments.md, "The rnn cell").

Not for a cell of ints, whose graph is plain; nor for second derivatives.

Reference: paper section 2.1.
"""

import functools
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import tensorflow as tf

from enas_tf.nn import tensor_lists

# x [B, H], ones like x -> f(x) and its slope there, both like x.
ValueAndSlope: TypeAlias = Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


class Nodes(NamedTuple):
    """The nodes 1..N of a cell: what does not change from one time step to the next.

    A loop passes on each tensor that it reads by itself. So the choices are in one. The
    tensors must be of the graph in which the loop is, not eager ones.

    Attributes:
      choices: [2N] int32, the node that each reads, then the function of each.
      functions: from which a choice takes one.
      average_weights: [N + 1] float32, the share of each node in the new state.
      mask: [B, H], by which a value is multiplied before its product.
      ones: like it.
    """

    choices: tf.Tensor
    functions: Sequence[ValueAndSlope]
    average_weights: tf.Tensor
    mask: tf.Tensor
    ones: tf.Tensor


def nodes(
    inputs: Sequence[tf.Tensor],
    ops: Sequence[tf.Tensor],
    functions: Sequence[ValueAndSlope],
    *,
    average_weights: tf.Tensor,
    mask: tf.Tensor,
) -> Nodes:
    """The nodes that read `inputs` and apply `ops`, N scalars each; to be called once.

    The others: see `Nodes`.
    """
    return Nodes(
        tf.stack([*inputs, *ops]),
        functions,
        average_weights,
        mask,
        tf.ones_like(mask),
    )


def state(first: tf.Tensor, weights: Sequence[tf.Tensor], nodes: Nodes) -> tf.Tensor:
    """The new state, [B, H]: the weighted mean of all nodes.

    Args:
      first: node 0, [B, H].
      weights: [H, 2H], of each node from 1 on.
      nodes: what they read and apply.
    """

    @tf.custom_gradient
    def passed(
        first: tf.Tensor, *weights: tf.Tensor
    ) -> tuple[tf.Tensor, Callable[[tf.Tensor], list[tf.Tensor]]]:
        values = [first]
        held = tensor_lists.pushed(tensor_lists.empty(first.dtype), first)
        inputs, ops = _unpacked(nodes.choices)
        rows = []
        for read, op, weight in zip(inputs, ops, weights, strict=True):
            carried = _item(held, read, like=first)
            h, t = tf.split(tf.matmul(carried * nodes.mask, weight), 2, axis=1)
            # Value and slope at once: the slope costs less than a second switch, in
            # the gradient, would.
            y, slope = tf.switch_case(op, _branches(nodes, h))
            for value in (y, slope):
                value.set_shape(h.shape)
            gate, change = tf.sigmoid(t), y - carried
            values.append(carried + gate * change)
            held = tensor_lists.pushed(held, values[-1])
            rows.append((gate, change, slope))
        # N tensors [B, H] of one kind become one [N, B, H].
        kept = [tf.stack(kind) for kind in zip(*rows, strict=True)]
        block = tf.stack(values)

        def gradient(dy: tf.Tensor) -> list[tf.Tensor]:
            return _gradient(dy, nodes, weights, block, kept)

        # [N + 1] . [N + 1, B, H] -> [B, H]
        return tf.tensordot(nodes.average_weights, block, 1), gradient

    return passed(first, *weights)


def _gradient(
    dy: tf.Tensor,
    nodes: Nodes,
    weights: Sequence[tf.Tensor],
    block: tf.Tensor,
    kept: Sequence[tf.Tensor],
) -> list[tf.Tensor]:
    """The gradients of node 0 and of the weights.

    Args:
      dy: that of the new state.
      nodes, weights: see `state`.
      block: values of all nodes, [N + 1, B, H].
      kept: gates g, changes f(h) - c and slopes f'(h) of the nodes from 1 on.
    """
    # y = c + g (f(h) - c) with g = sigmoid(t): dc = dy - dy g, dh = dy g f'(h),
    # dg = dy (f(h) - c), and dt follows from dg by the slope of sigmoid.
    inputs, _ = _unpacked(nodes.choices)
    rows = zip(*map(tf.unstack, kept), strict=True)
    numbered = enumerate(zip(inputs, weights, rows, strict=True), start=1)
    values = tensor_lists.of_rows(block)
    totals = tensor_lists.of_rows(tf.reshape(nodes.average_weights, [-1, 1, 1]) * dy)
    of_weights = []
    for number, (read, weight, (gate, change, slope)) in reversed(list(numbered)):
        own = _item(totals, number, like=dy)  # all later nodes have added theirs
        through = own * gate
        dt = tf.raw_ops.SigmoidGrad(y=gate, dy=own * change)
        of_product = tf.concat([through * slope, dt], axis=1)
        taken = _item(values, read, like=dy) * nodes.mask
        of_weights.append(tf.matmul(taken, of_product, transpose_a=True))
        of_taken = tf.matmul(of_product, weight, transpose_b=True)
        of_carried = (own - through) + of_taken * nodes.mask
        total = _item(totals, read, like=dy) + of_carried
        totals = tensor_lists.replaced(totals, read, total)
    return [_item(totals, 0, like=dy), *reversed(of_weights)]


def _branches(
    nodes: Nodes, h: tf.Tensor
) -> list[Callable[[], tuple[tf.Tensor, tf.Tensor]]]:
    return [functools.partial(function, h, nodes.ones) for function in nodes.functions]


def _unpacked(choices: tf.Tensor) -> tuple[list[tf.Tensor], list[tf.Tensor]]:
    """N inputs and N functions."""
    each = tf.unstack(choices)
    half = len(each) // 2
    return each[:half], each[half:]


def _item(held: tf.Tensor, number: tf.Tensor | int, *, like: tf.Tensor) -> tf.Tensor:
    """Item `number` of a list, by reference, of the shape of `like`."""
    return tensor_lists.items(held, [number], like=like)[0]
