"""One micro arc as a plain graph; see plain.py."""

import tensorflow as tf

from enas_tf.benchmark.plain import OwnWeights
from enas_tf.children import aux_head, micro_weights, op_forms
from enas_tf.nn import image_ops
from enas_tf.spaces import micro
from enas_tf.spaces.micro import Cell, MicroArc


def features(
    x: tf.Tensor, own: OwnWeights, arc: MicroArc, *, num_layers: int, filters: int
) -> tuple[tf.Tensor, tf.Tensor | None]:
    """From the stem's output to the classifier's input and the aux head's."""
    earlier = last = x
    aux = None
    plans = micro_weights.plans(num_layers, filters)
    for number, plan in enumerate(plans):
        if plan.reduces:
            halved = own.reduction(last, f"{plan.name}/halve")
            earlier, last = last, halved
        first = _calibrated(earlier, own, f"{plan.name}/first", plan)
        second = _calibrated(last, own, f"{plan.name}/second", plan)
        cell = arc.reduce if plan.reduces else arc.normal
        earlier, last = last, _cell(first, second, own, plan.name, cell)
        if number == micro.aux_cell(num_layers):
            aux = last
    return tf.nn.relu(last), aux


def aux_logits(x: tf.Tensor, own: OwnWeights) -> tf.Tensor:
    """The auxiliary head's logits of its map."""
    pool = dict(ksize=aux_head.AUX_POOL, strides=aux_head.AUX_STRIDE)
    x = tf.nn.avg_pool2d(tf.nn.relu(x), padding="VALID", **pool)
    x = tf.nn.relu(own.pointwise_norm(x, "project"))
    x = tf.nn.relu(own.norm(image_ops.conv(x, own("conv/kernel")), "conv"))
    return tf.matmul(image_ops.global_average(x), own("classifier/kernel"))


def _calibrated(
    x: tf.Tensor, own: OwnWeights, name: str, plan: micro_weights.Plan
) -> tf.Tensor:
    """x in the size and with the channels of the cell that reads it."""
    if plan.reduces and name.endswith("first"):
        return own.reduction(tf.nn.relu(x), name)
    if x.shape[-1] != plan.filters:
        return own.pointwise_norm(tf.nn.relu(x), name)
    return x


def _cell(
    first: tf.Tensor, second: tf.Tensor, own: OwnWeights, name: str, cell: Cell
) -> tf.Tensor:
    nodes = [first, second]
    starts = micro_weights.first_rows(len(cell.ops) // 2)[:-1]
    operands = list(zip(cell.inputs, cell.ops, starts, strict=True))
    for block in zip(operands[::2], operands[1::2], strict=True):
        x, y = (
            _op(nodes[node], own, name, op, row=start + node)
            for node, op, start in block
        )
        nodes.append(x + y)
    loose = micro.loose_ends(cell)
    joined = tf.nn.relu(tf.concat([nodes[node] for node in loose], axis=3))
    kernels = [own(f"{name}/out/kernel", node) for node in loose]
    y = image_ops.pointwise(joined, tf.concat(kernels, axis=0))
    return own.norm(y, f"{name}/out")


def _op(x: tf.Tensor, own: OwnWeights, name: str, number: int, row: int) -> tf.Tensor:
    op = op_forms.MICRO[number]
    path = f"{name}/edges/{op.name}"
    return op.apply(x, own.pieces(path, op.pieces(x.shape[-1]), row))
