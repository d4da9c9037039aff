"""Which weight of a child in PyTorch is which of ours."""

from collections.abc import Iterator

import numpy as np

from enas_tf.benchmark.peer.order import Order
from enas_tf.children import op_forms
from enas_tf.spaces import macro, micro, op_rows

# PyTorch's name, ours, and the row of a stacked weight (none: the whole).
Row = tuple[str, str, tuple[int, ...]]


def rows(order: Order) -> Iterator[Row]:
    """Those of all weights, the auxiliary head's under "aux."."""
    yield from dict(macro=_macro, micro=_micro, rnn=_rnn)[order.space](order)


def in_their_form(value: np.ndarray, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """A weight of ours of that name in the shape in which PyTorch has it."""
    if name.endswith("depthwise"):
        return value.transpose(2, 3, 0, 1)  # [k, k, C, 1] -> [C, 1, k, k]
    if value.ndim == 4:
        return value.transpose(3, 2, 0, 1)  # [k, k, in, out] -> [out, in, k, k]
    if value.shape == shape and not name.endswith(("kernel", "pointwise")):
        return value
    return value.T.reshape(shape)


def _norm(theirs: str, ours: str, *row: int) -> Iterator[Row]:
    yield f"{theirs}.weight", f"{ours}/scale", row
    yield f"{theirs}.bias", f"{ours}/offset", row


def _ends() -> Iterator[Row]:
    yield "stem.0.weight", "stem/kernel", ()
    yield from _norm("stem.1", "stem")
    yield "classifier.weight", "classifier/kernel", ()


def _reduction(theirs: str, ours: str, *row: int) -> Iterator[Row]:
    for path in ("path1", "path2"):
        yield f"{theirs}.{path}.weight", f"{ours}/{path}", row
    yield from _norm(f"{theirs}.norm", ours, *row)


def _macro(order: Order) -> Iterator[Row]:
    yield from _ends()
    layers = order.sizes["num_layers"]
    for layer in range(layers):
        yield from _macro_layer(layer)
        if layer in macro.pool_layers(layers):
            for row in range(layer + 2):
                yield from _reduction(f"pools.{layer}.{row}", f"pool_{layer}", row)


def _macro_layer(layer: int) -> Iterator[Row]:
    theirs, ours = f"layers.{layer}", f"layer_{layer}"
    normed = op_forms.normed(op_rows.MACRO.names)
    for op, name in enumerate(op_rows.MACRO.names):
        yield f"{theirs}.heads.{op}.0.weight", f"{ours}/in/kernel", (op,)
        yield from _norm(f"{theirs}.heads.{op}.1", f"{ours}/in", op)
        if name in normed:
            yield from _norm(f"{theirs}.ops.{op}.1", f"{ours}/out", normed.index(name))
            yield from _convolution(f"{theirs}.ops.{op}.0", f"{ours}/{name}")
    if layer:
        yield from _norm(f"{theirs}.skip", f"{ours}/skip")


def _convolution(theirs: str, ours: str, *row: int) -> Iterator[Row]:
    if "sep" not in ours:
        yield f"{theirs}.weight", f"{ours}/kernel", row
        return
    yield f"{theirs}.0.weight", f"{ours}/depthwise", row
    yield f"{theirs}.1.weight", f"{ours}/pointwise", row


def _micro(order: Order) -> Iterator[Row]:
    yield from _ends()
    sizes = order.sizes
    reductions = micro.reduction_cells(sizes["num_layers"])
    for number in range(sizes["num_layers"] + 2):
        yield from _cell(number, number in reductions, sizes["num_cells"])
    for conv in ("project", "conv"):
        yield f"aux.{conv}.weight", f"{conv}/kernel", ()
        yield from _norm(f"aux.{conv}_norm", conv)
    yield "aux.classifier.weight", "classifier/kernel", ()


def _cell(number: int, reduces: bool, blocks: int) -> Iterator[Row]:
    theirs, ours = f"cells.{number}", f"cell_{number}"
    for part in ("first", "second"):
        yield f"{theirs}.{part}.conv.weight", f"{ours}/{part}/kernel", ()
        yield from _norm(f"{theirs}.{part}.norm", f"{ours}/{part}")
    if reduces:
        for part in ("halve", "first"):
            yield from _reduction(f"{theirs}.{part}", f"{ours}/{part}")
    row = 0
    for operand in range(2 * blocks):
        for node in range(operand // 2 + 2):
            yield from _edge(f"{theirs}.operands.{operand}.{node}", ours, row)
            row += 1
    for node in range(blocks + 2):
        yield f"{theirs}.out.{node}.weight", f"{ours}/out/kernel", (node,)
    yield from _norm(f"{theirs}.norm", f"{ours}/out")


def _edge(theirs: str, ours: str, row: int) -> Iterator[Row]:
    for op, name in enumerate(("sepconv3x3", "sepconv5x5")):
        for stack in range(2):
            own, path = f"{theirs}.{op}", f"{ours}/edges/{name}/{stack}"
            yield from _convolution(f"{own}.{1 + 3 * stack}", path, row)
            yield from _norm(f"{own}.{2 + 3 * stack}", path, row)


def _rnn(order: Order) -> Iterator[Row]:
    yield "embedding", "embedding", ()
    size = order.sizes["hidden_size"]
    # Of node 0 the upper half is for the word.
    yield "word", "node_0", (slice(size),)
    yield "state", "node_0", (slice(size, None),)
    for node in range(1, order.sizes["num_layers"] + 1):
        for op in range(len(op_rows.RNN.names)):
            for read in range(node):
                theirs = f"nodes.{node - 1}.{op}.{read}"
                yield theirs, f"node_{node}", (op, read)
