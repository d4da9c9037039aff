"""A function and its gradient as two graphs that can be run apart.

TensorFlow takes gradients through a `tf.switch_case` by itself, but then each tensor
that the way back needs is an optional value of its own in every branch: hundreds of
operations a switch (docs/design.md, "The switch"). Cut in two beforehand, a function
says which tensors those are, and they can travel as one bundle.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import tensorflow as tf

# Operations that cost nothing: done again on the way back rather than kept for it.
FREE = frozenset(("Identity", "Reshape", "Shape"))


class Halves(NamedTuple):
    """The two graphs, as functions that put them into the graph that is being made.

    Attributes:
      forward: the function's inputs -> its value, then what is kept.
      backward: what is kept, then a gradient of the value -> those of `reached`.
      kept: specs of what the way back needs.
      reached: numbers of the inputs that the value depends on.
    """

    forward: Callable[..., list[tf.Tensor]]
    backward: Callable[..., list[tf.Tensor]]
    kept: list[tf.TensorSpec]
    reached: list[int]


def cut(function: Callable[..., tf.Tensor], specs: Sequence[tf.TensorSpec]) -> Halves:
    """Cut a pure function of tensors; its value is like its first input."""
    reached: list[int] = []

    def both(*given):
        *inputs, dy = given
        y = function(*inputs)
        gradients = tf.gradients(y, inputs, dy)
        reached.extend(n for n, g in enumerate(gradients) if g is not None)
        return [y, *(g for g in gradients if g is not None)]

    traced = tf.function(both, autograph=False).get_concrete_function(*specs, specs[0])
    *inputs, dy = traced.inputs
    y, *gradients = traced.outputs
    kept = _kept(gradients, inputs, dy)
    return Halves(
        forward=_part(traced.graph, inputs, [y, *kept]),
        backward=_part(traced.graph, [*kept, dy], gradients),
        kept=[_spec(t) for t in kept],
        reached=reached,
    )


def _kept(
    gradients: Iterable[tf.Tensor], inputs: Sequence[tf.Tensor], dy: tf.Tensor
) -> list[tf.Tensor]:
    """What the gradients need of what is known before dy."""
    late, early = _behind([dy]), _behind(inputs)
    kept: dict[str, tf.Tensor] = {}
    seen: set[str] = set()
    left = list(gradients)
    while left:
        tensor = left.pop()
        op = tensor.op
        if op in late or op not in early or op.type in FREE:
            if op.name not in seen:
                seen.add(op.name)
                left += op.inputs
        else:
            kept[tensor.name] = tensor
    return list(kept.values())


def _behind(tensors: Sequence[tf.Tensor]) -> set[tf.Operation]:
    """All operations that wait for one of the tensors, and those that give them."""
    found = {tensor.op for tensor in tensors}
    # A graph's operations are listed in the order in which they were made.
    for op in tensors[0].graph.get_operations():
        before = {tensor.op for tensor in op.inputs} | set(op.control_inputs)
        if not found.isdisjoint(before):
            found.add(op)
    return found


def _part(
    graph: tf.Graph, feeds: Sequence[tf.Tensor], fetches: Sequence[tf.Tensor]
) -> Callable[..., list[tf.Tensor]]:
    """The part of a graph between `feeds` and `fetches`, as a function.

    Not a `tf.function`: each call of one, in each branch of each switch, would be some
    more nodes to be woven in.
    """
    fed = {tensor.name for tensor in feeds}
    wanted: set[str] = set()
    read: set[str] = set()
    left = [tensor for tensor in fetches if tensor.name not in fed]
    while left:
        op = left.pop().op
        if op.name not in wanted:
            wanted.add(op.name)
            read |= {tensor.name for tensor in op.inputs}
            left += [tensor for tensor in op.inputs if tensor.name not in fed]
    part = _copied(graph, wanted)
    names = [tensor.name for tensor in fetches]
    passed = fed.intersection(names)
    missing = [name for name in names if name not in fed]

    def run(*values):
        given = zip(feeds, values, strict=True)
        # An identity: the value may be of a graph around the one that this is run in.
        found = {t.name: tf.identity(v) for t, v in given if t.name in read | passed}
        computed = tf.graph_util.import_graph_def(
            part,
            input_map={n: v for n, v in found.items() if n in read},
            return_elements=missing,
            name="",
        )
        # By order: in this graph, a name that was taken has become another one.
        found |= dict(zip(missing, computed, strict=True))
        return [found[name] for name in names]

    return run


def _copied(graph: tf.Graph, names: set[str]) -> tf.compat.v1.GraphDef:
    """The named operations; what they wait for but do not read is left out."""
    part = tf.compat.v1.GraphDef()
    for node in graph.as_graph_def().node:
        if node.name in names:
            copy = part.node.add()
            copy.CopyFrom(node)
            copy.attr.pop("_class", None)  # where to be placed: beside what is left out
            inputs = [n for n in node.input if not n.startswith("^") or n[1:] in names]
            del copy.input[:]
            copy.input.extend(inputs)
    return part


def _spec(tensor: tf.Tensor) -> tf.TensorSpec:
    return tf.TensorSpec(tensor.shape, tensor.dtype)
