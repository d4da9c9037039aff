"""A function and its gradient as two graphs that can be run apart.

The problem: TensorFlow takes gradients through a `tf.switch_case` by itself, but then
each tensor that the way back needs is an optional value of its own in every branch,
hundreds of operations a switch (docs/experiments.md, "The switch").

The idea: the function and its gradient are traced together, once, into one graph. The
tensors that are known before the gradient of the value arrives, and that are read once
it has, are the residuals. Cut there, the graph is two parts, and the residuals travel
between them as one bundle.

Not for a function that reads a variable, which would get no gradient: it is refused.
Nor where there is no switch: TensorFlow's own gradient then costs no more.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import tensorflow as tf

# Operations that cost nothing: done again on the way back rather than kept for it.
FREE = frozenset(("Identity", "Reshape", "Shape"))


class Halves(NamedTuple):
    """The two graphs, as functions that put them into the graph that is being made.

    Attributes:
      forward: the function's inputs -> its value, then its residuals.
      backward: the residuals, then the gradient of the value -> the gradients of the
        inputs in `reached`.
      residuals: their specs; the gradient reads them.
      reached: numbers of the inputs that the value depends on.
    """

    forward: Callable[..., list[tf.Tensor]]
    backward: Callable[..., list[tf.Tensor]]
    residuals: list[tf.TensorSpec]
    reached: list[int]


def cut(function: Callable[..., tf.Tensor], specs: Sequence[tf.TensorSpec]) -> Halves:
    """Cut a pure function of tensors.

    Args:
      function: of as many tensors as there are specs; its value is like the first one.
        It may close over arrays and constants, which get no gradient.
      specs: of its inputs.

    Raises:
      ValueError: its value is of another shape or type than the first input, or it
        closes over a variable, or over a tensor of a graph.
    """
    reached: list[int] = []

    def both(*given: tf.Tensor) -> list[tf.Tensor]:
        *inputs, dy = given
        y = _like(inputs[0], function(*inputs))
        gradients = tf.gradients(y, inputs, dy)
        reached.extend(n for n, g in enumerate(gradients) if g is not None)
        return [y, *(g for g in gradients if g is not None)]

    traced = tf.function(both, autograph=False).get_concrete_function(*specs, specs[0])
    *inputs, dy = traced.inputs[: len(specs) + 1]
    closed = _closed_over(traced.graph)
    y, *gradients = traced.outputs
    residuals = _residuals(gradients, inputs, dy)
    return Halves(
        forward=_part(traced.graph, inputs, [y, *residuals], closed),
        backward=_part(traced.graph, [*residuals, dy], gradients, closed),
        residuals=[_spec(t) for t in residuals],
        reached=reached,
    )


def _like(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """y as a tensor; ValueError where it is not like x."""
    y = tf.convert_to_tensor(y)
    if y.dtype != x.dtype or not y.shape.is_compatible_with(x.shape):
        raise ValueError(
            f"an op of a switch makes {y.dtype.name} {y.shape} of {x.dtype.name} "
            f"{x.shape}: its value must have its input's shape and type"
        )
    return y


def _closed_over(graph: tf.Graph) -> dict[str, tf.Tensor]:
    """The arrays that the traced function closes over, by the names of their inputs."""
    closed = {inner.name: outer for outer, inner in graph.captures}
    if graph.variables:
        variable = graph.variables[0]
        name, shape = variable.name.removesuffix(":0"), list(variable.shape)
        raise ValueError(_refusal(f"the variable {name} {shape}"))
    if any(map(tf.is_symbolic_tensor, closed.values())):
        raise ValueError(_refusal("a tensor of the graph around it"))
    return closed


def _refusal(closed: str) -> str:
    return (
        f"an op of a switch closes over {closed}, which would get no gradient: hand it "
        "over among the weights that the switch is called with"
    )


def _residuals(
    gradients: Iterable[tf.Tensor], inputs: Sequence[tf.Tensor], dy: tf.Tensor
) -> list[tf.Tensor]:
    """The residuals: tensors that are known before dy and that the gradients read."""
    late, early = _behind([dy]), _behind(inputs)
    found: dict[str, tf.Tensor] = {}
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
            found[tensor.name] = tensor
    return list(found.values())


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
    graph: tf.Graph,
    feeds: Sequence[tf.Tensor],
    fetches: Sequence[tf.Tensor],
    closed: Mapping[str, tf.Tensor],
) -> Callable[..., list[tf.Tensor]]:
    """The part of a graph between `feeds` and `fetches`, as a function of the feeds.

    `closed`: values of other inputs of the graph, by their names.

    Not a `tf.function`: each call of one, in each branch of each switch, would be some
    more nodes to be woven in.
    """
    fed = {tensor.name for tensor in feeds} | set(closed)
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

    def run(*values: tf.Tensor) -> list[tf.Tensor]:
        given = dict(closed)
        given |= {t.name: v for t, v in zip(feeds, values, strict=True)}
        # An identity: the value may be of a graph around the one that this is run in.
        found = {n: tf.identity(v) for n, v in given.items() if n in read | passed}
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
