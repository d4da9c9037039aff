"""A function and its gradient as two graphs that can be run apart.

The problem: TensorFlow takes gradients through a `tf.switch_case` by itself, but then
it wraps each intermediate value that the gradient needs in an optional of its own, in
every branch: hundreds of operations a switch (docs/experiments.md, "The switch").

The idea: a branch and its gradient are traced together, once, into one graph. Some of
its operations can run before dy, the gradient of the branch's value, arrives; the rest
need dy. The tensors that go from the first group to the second are the residuals. Cut
there, the graph is a forward and a backward half, and a switch of either kind needs to
pass on the residuals only (`nn/switch.py` does so, all of a branch in one tensor):

    halves = cut(branch, specs)                      # specs of x and the weights
    y, *residuals = halves.forward(x, *weights)      # in a graph that is being traced
    gradients = halves.backward(*residuals, dy)      # of halves.differentiable

Not for a branch that reads a variable (it would get no gradient) or draws from a
stateful random operation (it would be drawn anew in the backward half): both are
refused. Nor where there is no switch: TensorFlow's own gradient then costs no more.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import tensorflow as tf

# Done again in the backward half rather than passed on: they take no time, and but for
# `Shape` their result is as large as their input.
FREE = frozenset(("Identity", "Reshape", "Shape"))
STATEFUL_DRAWS = frozenset(
    ("RandomUniform", "RandomUniformInt", "RandomStandardNormal", "TruncatedNormal")
    + ("ParameterizedTruncatedNormal", "RandomGamma", "RandomPoissonV2", "Multinomial")
    + ("RandomShuffle",)
)


class Halves(NamedTuple):
    """The two halves. Each call copies one into the graph that is being traced.

    Attributes:
      forward: the function's inputs -> its value, then its residuals.
      backward: the residuals, then dy -> the gradients of the inputs in
        `differentiable`, in that order.
      residuals: specs of the tensors that go from the one to the other.
      differentiable: positions of the inputs that get a gradient, ascending. An input
        that is an index, say, gets none.
    """

    forward: Callable[..., list[tf.Tensor]]
    backward: Callable[..., list[tf.Tensor]]
    residuals: list[tf.TensorSpec]
    differentiable: list[int]


def cut(function: Callable[..., tf.Tensor], specs: Sequence[tf.TensorSpec]) -> Halves:
    """Trace a function with its gradient, and cut the graph in two halves.

    Args:
      function: of as many tensors as there are specs. Its value has the first one's
        type, and a shape that is compatible with the first one's. It may close over
        arrays and constants, which get no gradient. It is called once.
      specs: of its inputs.

    Raises:
      ValueError: its value is of another shape or type than the first input; or it
        closes over a variable, or over a tensor of a graph; or it draws from a random
        operation with a state.
    """
    differentiable: list[int] = []

    def both(*given: tf.Tensor) -> list[tf.Tensor]:
        *inputs, dy = given
        y = _like(inputs[0], function(*inputs))
        gradients = tf.gradients(y, inputs, dy)
        differentiable.extend(n for n, g in enumerate(gradients) if g is not None)
        return [y, *(tf.convert_to_tensor(g) for g in gradients if g is not None)]

    dy_spec = specs[0]  # the value is like the first input, and dy like the value
    traced = tf.function(both, autograph=False).get_concrete_function(*specs, dy_spec)
    *inputs, dy = traced.inputs[: len(specs) + 1]  # the rest are captured arrays
    _refuse_draws(traced.graph)
    closed = _closed_over(traced.graph)
    y, *gradients = traced.outputs
    residuals = _residuals(gradients, inputs, dy)
    return Halves(
        forward=_part(traced.graph, inputs, [y, *residuals], closed),
        backward=_part(traced.graph, [*residuals, dy], gradients, closed),
        residuals=[_spec(t) for t in residuals],
        differentiable=differentiable,
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
    """The arrays closed over, by the name of the placeholder that stands for each.

    Raises:
      ValueError: one of them is a variable, or a tensor of a graph.
    """
    closed = {inner.name: outer for outer, inner in graph.captures}
    if graph.variables:
        variable = graph.variables[0]
        name, shape = variable.name.removesuffix(":0"), list(variable.shape)
        raise ValueError(_refusal(f"the variable {name} {shape}"))
    if any(map(tf.is_symbolic_tensor, closed.values())):
        raise ValueError(_refusal("a tensor of the graph around it"))
    return closed


def _refuse_draws(graph: tf.Graph) -> None:
    """ValueError where the function draws: the backward half would draw anew."""
    for op in graph.get_operations():
        if op.op_def.is_stateful and op.type in STATEFUL_DRAWS:
            raise ValueError(
                f"an op of a switch draws at random by {op.type}, and its gradient "
                "would draw other numbers: use tf.random.stateless_uniform and its "
                "like, with a seed among its inputs"
            )


def _refusal(thing: str) -> str:
    return (
        f"an op of a switch closes over {thing}, which would get no gradient: hand it "
        "over among the weights that the switch is called with"
    )


def _residuals(
    gradients: Iterable[tf.Tensor], inputs: Sequence[tf.Tensor], dy: tf.Tensor
) -> list[tf.Tensor]:
    """The residuals: tensors that are known before dy and that the gradients read."""
    after_dy, after_inputs = _downstream([dy]), _downstream(inputs)
    found: dict[str, tf.Tensor] = {}
    seen: set[str] = set()
    left = list(gradients)
    while left:
        tensor = left.pop()
        op = tensor.op
        # What needs dy, or no input, or takes no time is done in the backward half.
        if op in after_dy or op not in after_inputs or op.type in FREE:
            if op.name not in seen:
                seen.add(op.name)
                left += op.inputs
        else:
            found[tensor.name] = tensor
    return list(found.values())


def _downstream(tensors: Sequence[tf.Tensor]) -> set[tf.Operation]:
    """The operations that make `tensors`, and all that need one of those."""
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

    Not a `tf.function`: a call of one adds nodes of its own to every branch of every
    switch, and building the whole graph takes longer.

    Args:
      graph: the traced one.
      feeds: the part's inputs.
      fetches: its outputs; one that is a feed is passed through.
      closed: values of other inputs of the graph, by their names.
    """
    fed = {tensor.name for tensor in feeds} | set(closed)
    op_names: set[str] = set()
    read_names: set[str] = set()
    todo = [tensor for tensor in fetches if tensor.name not in fed]
    while todo:
        op = todo.pop().op
        if op.name not in op_names:
            op_names.add(op.name)
            read_names |= {tensor.name for tensor in op.inputs}
            todo += [tensor for tensor in op.inputs if tensor.name not in fed]
    part = _copied(graph, op_names)
    names = [tensor.name for tensor in fetches]
    passed_through = fed.intersection(names)
    computed_names = [name for name in names if name not in fed]

    def run(*values: tf.Tensor) -> list[tf.Tensor]:
        given = dict(closed)
        given |= {t.name: v for t, v in zip(feeds, values, strict=True)}
        # `identity` brings a value of a graph around this one into it: an input map
        # takes only tensors of the graph itself.
        needed = read_names | passed_through
        results = {n: tf.identity(v) for n, v in given.items() if n in needed}
        computed = tf.graph_util.import_graph_def(
            part,
            input_map={n: v for n, v in results.items() if n in read_names},
            return_elements=computed_names,
            name="",
        )
        # By position, not by name: the import renames a node whose name is taken.
        results |= dict(zip(computed_names, computed, strict=True))
        return [results[name] for name in names]

    return run


def _copied(graph: tf.Graph, names: set[str]) -> tf.compat.v1.GraphDef:
    """The named operations; they no longer wait for others, such as an `Assert`."""
    part = tf.compat.v1.GraphDef()
    for node in graph.as_graph_def().node:
        if node.name in names:
            copy = part.node.add()
            copy.CopyFrom(node)
            copy.attr.pop("_class", None)  # to be placed beside ops that are not copied
            inputs = [n for n in node.input if not n.startswith("^") or n[1:] in names]
            del copy.input[:]
            copy.input.extend(inputs)
    return part


def _spec(tensor: tf.Tensor) -> tf.TensorSpec:
    return tf.TensorSpec(tensor.shape, tensor.dtype)
