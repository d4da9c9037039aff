"""The shared micro child: every pair of cells on one set of weights.

Reference: reference code src/cifar10/micro_child.py, `_enas_layer`; paper section 2.4.
"""

import functools

import keras
import tensorflow as tf

from enas_tf.children import aux_head, micro_weights, op_forms, shared
from enas_tf.children.op_kinds import MicroOp
from enas_tf.config.sections import ChildConfig
from enas_tf.nn import image_ops, precision, switch
from enas_tf.nn.parameters import Packed, Parameters
from enas_tf.spaces import micro
from enas_tf.spaces.micro import Cell, MicroArc


class MicroCell(keras.layers.Layer):
    """The cells of one size: blocks of two chosen ops on chosen nodes, a final 1x1.

    Holds no weights: `call` is given a cell's views. All cells of one size are calls of
    one traced function, and all their operands of one switch.
    """

    def __init__(self, ops: tuple[str, ...], edges: Packed, *, name: str):
        """Create the cells.

        Args:
          ops: names of the ops to switch between, in id order.
          edges: what a row of edge weights is made of.
          name: of the Keras layer.
        """
        super().__init__(name=name)
        self.pieces = edges
        self._cell_call = switch.one_call(self._cell)
        found = [op_forms.MICRO[op] for op in ops]
        self._chosen = switch.Switch([functools.partial(self._op, op) for op in found])

    def call(
        self, first: tf.Tensor, second: tf.Tensor, *, cell: Cell, weights: shared.Views
    ) -> tf.Tensor:
        """One cell.

        Args:
          first: node 0, [B, H, W, C] float32, like all nodes and the output.
          second: node 1.
          cell: of [2B] int32 tensors.
          weights: the cell's edges, out/kernel, out/scale and out/offset.
        """
        return self._cell_call(first, second, cell.inputs, cell.ops, weights)

    def _cell(
        self,
        first: tf.Tensor,
        second: tf.Tensor,
        inputs: tf.Tensor,
        ops: tf.Tensor,
        weights: shared.Views,
    ) -> tf.Tensor:
        num_operands = inputs.shape[0]
        num_nodes = num_operands // 2 + micro.NUM_INPUTS
        starts = micro_weights.first_rows(num_operands // 2)[:-1]
        rows = tf.gather(weights["edges"], tf.constant(starts) + inputs)  # [2B, R]
        rows, inputs_of, ops = (tf.unstack(part) for part in (rows, inputs, ops))
        # To read a node copies nothing, and its gradient goes to that node alone:
        # an index into stacked nodes would do neither.
        nodes = tf.TensorArray(
            tf.float32, num_nodes, element_shape=first.shape, clear_after_read=False
        )
        nodes = nodes.write(0, first).write(1, second)
        for operand in range(0, num_operands, 2):
            x, y = (
                self._chosen(ops[i], nodes.read(inputs_of[i]), rows[i])
                for i in (operand, operand + 1)
            )
            nodes = nodes.write(operand // 2 + micro.NUM_INPUTS, x + y)
        read = tf.reduce_sum(tf.one_hot(inputs, num_nodes), axis=0)
        # Deviation K10 (kept): an input of the cell that no block reads is among them.
        loose = tf.cast(tf.where(read == 0.0)[:, 0], tf.int32)
        kernels = tf.gather(weights["out/kernel"], loose)
        y = _join(tf.nn.relu(nodes.gather(loose)), kernels)
        return image_ops.batch_norm(y, weights["out/scale"], weights["out/offset"])

    def _op(self, op: MicroOp, x: tf.Tensor, row: tf.Tensor) -> tf.Tensor:
        return op.apply(x, self.pieces.take(row, f"{op.name}/"))


class SharedMicroChild(shared.SharedImageChild[MicroArc]):
    """Every arc of the micro space on one set of weights."""

    def __init__(
        self,
        space: micro.MicroSpace,
        config: ChildConfig,
        *,
        image_shape: tuple[int, int, int],
        num_classes: int,
        seed: int,
    ):
        """Create the child.

        Args:
          space: what is searched: blocks of a cell and ops.
          config: layers, filters of the first ones, dropout, auxiliary head.
          image_shape: [H, W, channels].
          num_classes: classes to tell apart.
          seed: of all initial weights.
        """
        plans = micro_weights.plans(config.num_layers, config.out_filters)
        weights = micro_weights.child_weights(plans, space, image_shape[2], num_classes)
        super().__init__(weights, keep_prob=config.keep_prob, seed=seed)
        self.plans = plans
        self.aux_after = micro.aux_cell(config.num_layers)
        if aux_head.fits(config, image_shape):
            aux = micro_weights.aux_weights(plans[self.aux_after].filters, num_classes)
            self.aux_parameters = Parameters(aux, seed=seed, name="aux_parameters")
        for plan in plans:
            name = _cells_of(plan)
            if not hasattr(self, name):
                edges = micro_weights.edges("edges", space, plan.filters)
                # An attribute each: Keras loses layers that are kept in a dict.
                setattr(self, name, MicroCell(space.ops, edges, name=name))

    def features(
        self, x: tf.Tensor, views: shared.Views, *, arc: MicroArc
    ) -> shared.Features:
        """The last cell's map, and that behind both reductions for an auxiliary head.

        Args:
          x: [B, H, W, 3C] float32, the stem's output.
          views: all weights by name.
          arc: of scalar int tensors (or ints).
        """
        arc = MicroArc(*(Cell(*(tf.stack(part) for part in cell)) for cell in arc))
        earlier = last = x
        aux = None
        for number, plan in enumerate(self.plans):
            own = shared.views_under(f"{plan.name}/", views)
            if plan.reduces:
                halve = shared.views_under("halve/", own)
                earlier, last = last, image_ops.factorized_reduction(last, **halve)
            first = _calibrated(earlier, shared.views_under("first/", own))
            second = _calibrated(last, shared.views_under("second/", own))
            cell = arc.reduce if plan.reduces else arc.normal
            inside = {n: own[n] for n in own if n == "edges" or n.startswith("out/")}
            run = getattr(self, _cells_of(plan))
            earlier, last = last, run(first, second, cell=cell, weights=inside)
            if number == self.aux_after:
                aux = last
        return shared.Features(tf.nn.relu(last), aux)

    def aux_logits(self, x: tf.Tensor) -> tf.Tensor | None:
        """[B, num_classes] from the map behind both reductions; None without a head."""
        if self.aux_parameters is None:
            return None
        views = self.aux_parameters.views()
        pool = dict(ksize=aux_head.AUX_POOL, strides=aux_head.AUX_STRIDE)
        x = tf.nn.avg_pool2d(tf.nn.relu(x), padding="VALID", **pool)
        x = _pointwise_norm(x, shared.views_under("project/", views))
        conv = shared.views_under("conv/", views)
        x = image_ops.conv(tf.nn.relu(x), conv["kernel"])
        x = image_ops.batch_norm(x, conv["scale"], conv["offset"])
        x = image_ops.global_average(tf.nn.relu(x))
        return tf.matmul(x, views["classifier/kernel"])


def _cells_of(plan: micro_weights.Plan) -> str:
    """The attribute that holds the cells of this size."""
    return f"cells_of_{plan.filters}"


def _calibrated(x: tf.Tensor, weights: shared.Views) -> tf.Tensor:
    """x in the size and with the channels of the cell that reads it."""
    if not weights:
        return x
    if "path1" in weights:
        return image_ops.factorized_reduction(tf.nn.relu(x), **weights)
    return _pointwise_norm(tf.nn.relu(x), weights)


def _pointwise_norm(x: tf.Tensor, weights: shared.Views) -> tf.Tensor:
    y = image_ops.pointwise(x, weights["kernel"])
    return image_ops.batch_norm(y, weights["scale"], weights["offset"])


def _join(x: tf.Tensor, kernels: tf.Tensor) -> tf.Tensor:
    """The 1x1 convolution of n maps side by side.

    x: [n, B, H, W, C]; kernels: [n, C, C]; n is known only when it runs.
    """
    count, filters = tf.shape(x)[0], x.shape[-1]
    maps = tf.reshape(x, [count, -1, filters])
    products = precision.lowered(tf.matmul, maps, kernels)
    y = tf.reshape(tf.reduce_sum(products, axis=0), tf.shape(x)[1:])
    y.set_shape(x.shape[1:])
    return y
