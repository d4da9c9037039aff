"""One micro arc as a plain graph; see plain.py."""

import tensorflow as tf

from enas_tf.benchmark.plain import Own
from enas_tf.children import aux_head, micro_weights
from enas_tf.nn import image_ops
from enas_tf.spaces import micro
from enas_tf.spaces.micro import Cell, MicroArc


def features(
    x: tf.Tensor, own: Own, arc: MicroArc, *, num_layers: int, filters: int
) -> tuple[tf.Tensor, tf.Tensor | None]:
    """From the stem's output to what is classified, and what the aux head sees."""
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


def aux_logits(x: tf.Tensor, own: Own) -> tf.Tensor:
    """What the auxiliary head makes of its map."""
    pool = dict(ksize=aux_head.AUX_POOL, strides=aux_head.AUX_STRIDE)
    x = tf.nn.avg_pool2d(tf.nn.relu(x), padding="VALID", **pool)
    x = tf.nn.relu(own.pointwise_norm(x, "project"))
    x = tf.nn.relu(own.norm(image_ops.conv(x, own("conv/kernel")), "conv"))
    return tf.matmul(image_ops.global_average(x), own("classifier/kernel"))


def _calibrated(x: tf.Tensor, own: Own, name: str, plan: micro_weights.Plan):
    """x in the size and with the channels of the cell that reads it."""
    if plan.reduces and name.endswith("first"):
        return own.reduction(tf.nn.relu(x), name)
    if x.shape[-1] != plan.filters:
        return own.pointwise_norm(tf.nn.relu(x), name)
    return x


def _cell(first, second, own: Own, name: str, cell: Cell) -> tf.Tensor:
    nodes = [first, second]
    starts = micro_weights.first_rows(len(cell.ops) // 2)
    for operand in range(0, len(cell.ops), 2):
        pair = [
            _op(nodes[cell.inputs[i]], own, name, cell.ops[i], starts[i], cell, i)
            for i in (operand, operand + 1)
        ]
        nodes.append(pair[0] + pair[1])
    loose = micro.loose_ends(cell)
    joined = tf.nn.relu(tf.concat([nodes[node] for node in loose], axis=3))
    kernels = [own(f"{name}/out/kernel", node) for node in loose]
    y = image_ops.pointwise(joined, tf.concat(kernels, axis=0))
    return own.norm(y, f"{name}/out")


def _op(x, own: Own, name: str, op: int, start: int, cell: Cell, i: int) -> tf.Tensor:
    kind = micro.OPS[op]
    if kind == "identity":
        return x
    if kind == "avgpool3x3":
        return image_ops.avg_pool(x)
    if kind == "maxpool3x3":
        return image_ops.max_pool(x)
    row = start + cell.inputs[i]
    for stack in range(micro_weights.STACKS):
        path = f"{name}/edges/{kind}/{stack}"
        kernels = (own(f"{path}/{half}", row) for half in ("depthwise", "pointwise"))
        x = own.norm(image_ops.separable_conv(tf.nn.relu(x), *kernels), path, row)
    return x
