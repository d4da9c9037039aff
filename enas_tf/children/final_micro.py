"""The final micro child: one pair of cells, stacked, with weights of its own.

What is exported is of stock Keras layers alone; only what trains may also have drop
path and an auxiliary head. Layers are named after the original's variables. Reference:
reference code src/cifar10/micro_child.py, `_fixed_layer`; paper section 2.4.
"""

from typing import NamedTuple

import keras

from enas_tf.children import aux_head, op_forms
from enas_tf.children.op_kinds import Spot
from enas_tf.config.sections import ChildConfig
from enas_tf.nn import drop_path, stock
from enas_tf.spaces import micro
from enas_tf.spaces.micro import Cell, MicroArc

STEM_SCALE = 3  # the stem has so many times the filters of the first cells


class Place(NamedTuple):
    """One cell of the network: the common values of all its parts.

    Attributes:
      name: path of its layers.
      filters: channels of its nodes.
      stride: of the ops that read its inputs; 2 in a reduction cell.
      keep_prob: of drop path at the end of training.
      clock: of drop path; None for a model that has none.
      seed: of all initial weights.
      training: whether the model is only trained.
    """

    name: str
    filters: int
    stride: int
    keep_prob: float
    clock: drop_path.DropPathClock | None
    seed: int
    training: bool


def final_micro_child(
    arc: MicroArc,
    config: ChildConfig,
    *,
    training: bool = False,
    image_shape: tuple[int, int, int],
    num_classes: int,
    seed: int,
) -> keras.Model:
    """Standardised images [B, H, W, channels] float32 -> logits [B, num_classes].

    Args:
      arc: of ints; the number of blocks is that of its cells.
      config: layers, filters, dropout, drop path, auxiliary head.
      training: whether the model has what is for training only. Its answer is then
        [logits, the auxiliary head's logits] if it has such a head. A weight has the
        same path in both models.
      image_shape: [H, W, channels].
      num_classes: classes to tell apart.
      seed: of all initial weights and of dropout.
    """
    images = keras.Input(image_shape, name="images")
    filters = STEM_SCALE * config.out_filters
    x = stock.conv(images, filters, 3, name="stem_conv", seed=seed)
    # Each cell reads the last two maps; in front of the first one that is the stem.
    maps = [stock.batch_norm(x, name="stem_conv_bn")] * micro.NUM_INPUTS
    for place in places(config, seed, training=training):
        cell = arc.reduce if place.stride > 1 else arc.normal
        cell = cell._replace(ops=config.named(cell.ops))
        maps.append(_cell(maps[-2], maps[-1], cell, place))
    last = stock.relu(maps[-1], name="fc_relu")
    outputs = stock.classifier(
        last, num_classes, keep_prob=config.keep_prob, name="fc", seed=seed
    )
    if training and aux_head.fits(config, image_shape):
        behind = maps[micro.NUM_INPUTS + micro.aux_cell(config.num_layers)]
        outputs = [outputs, _aux_logits(behind, num_classes, seed)]
    return keras.Model(images, outputs, name="final_micro_child")


def places(config: ChildConfig, seed: int, *, training: bool) -> list[Place]:
    """The cells, first to last."""
    # Deviation K9 (kept): the shared child has no drop path.
    drops = training and config.drop_path_keep_prob < 1.0
    clock = drop_path.DropPathClock() if drops else None
    count = config.num_layers + micro.NUM_REDUCTIONS
    filters, found = config.out_filters, []
    for number in range(count):
        # Deviation K8 (kept): ops have strides here; the shared child halves its map
        # in front of the cell and never looks at the cell before the last one.
        stride = 2 if number in micro.reduction_cells(config.num_layers) else 1
        filters *= stride
        keep = drop_path.keep_prob(number, count, config.drop_path_keep_prob)
        name = f"layer_{number}"
        found.append(Place(name, filters, stride, keep, clock, seed, training))
    return found


def _cell(
    earlier: keras.KerasTensor, last: keras.KerasTensor, cell: Cell, place: Place
) -> keras.KerasTensor:
    """Blocks on the outputs of the last two cells; the loose ends side by side."""
    nodes = _calibrated(earlier, last, place)
    for block in range(len(cell.inputs) // 2):
        name = f"{place.name}_cell_{block}"
        operands = [
            _operand(nodes, cell, 2 * block + i, place, f"{name}_{side}_conv")
            for i, side in enumerate("xy")
        ]
        nodes.append(stock.add(operands, name=f"{name}_sum"))
    ends = [_loose_end(nodes, node, place) for node in micro.loose_ends(cell)]
    return stock.concat(ends, name=f"{place.name}_concat")


def _calibrated(
    earlier: keras.KerasTensor, last: keras.KerasTensor, place: Place
) -> list[keras.KerasTensor]:
    """Nodes 0 and 1: both inputs in the size of the last one, with equal channels."""
    filters, seed = place.filters, place.seed
    name = f"{place.name}_calibrate_pool_x"
    if _size(earlier) != _size(last):
        earlier = stock.relu(earlier, name=f"{name}_relu")
        earlier = _halved(earlier, place, name)
    elif earlier.shape[-1] != filters:
        earlier = stock.relu_conv_norm(earlier, filters, 1, name=name, seed=seed)
    name = f"{place.name}_calibrate_pool_y"
    if last.shape[-1] != filters:
        last = stock.relu_conv_norm(last, filters, 1, name=name, seed=seed)
    name = f"{place.name}_layer_base"
    return [earlier, stock.relu_conv_norm(last, filters, 1, name=name, seed=seed)]


def _operand(
    nodes: list[keras.KerasTensor], cell: Cell, number: int, place: Place, name: str
) -> keras.KerasTensor:
    """Operand `number` of the cell: its op on its node."""
    node, op = cell.inputs[number], op_forms.MICRO[cell.ops[number]]
    stride = place.stride if node < micro.NUM_INPUTS else 1
    spot = Spot(
        name, place.filters, stride=stride, seed=place.seed, training=place.training
    )
    x = op.final(nodes[node], spot)
    if place.clock is None or not op.drop_path:
        return x
    name = f"{name}_drop_path"
    return drop_path.DropPath(place.clock, place.keep_prob, name=name)(x)


def _loose_end(
    nodes: list[keras.KerasTensor], node: int, place: Place
) -> keras.KerasTensor:
    """A node that no block reads, in the size of the cell's output."""
    # Deviation K10 (kept): so an input of the cell goes on past its blocks.
    if node < micro.NUM_INPUTS and place.stride > 1:
        name = f"{place.name}_final_combine_calibrate_{node}"
        return _halved(nodes[node], place, name)
    return nodes[node]


def _halved(x: keras.KerasTensor, place: Place, name: str) -> keras.KerasTensor:
    return stock.factorized_reduction(
        x, place.filters, name=name, seed=place.seed, training=place.training
    )


def _aux_logits(x: keras.KerasTensor, num_classes: int, seed: int) -> keras.KerasTensor:
    """[B, num_classes] from the map behind both reductions."""
    few, many = aux_head.AUX_FEATURES
    name = aux_head.NAME
    x = stock.relu(x, name=f"{name}_relu")
    size, stride = aux_head.AUX_POOL, aux_head.AUX_STRIDE
    x = stock.avg_pool(
        x, size=size, stride=stride, padding="valid", name=f"{name}_pool"
    )
    x = stock.conv(x, few, 1, name=f"{name}_proj", seed=seed)
    x = stock.batch_norm(x, name=f"{name}_proj_bn")
    # The original calls this convolution so.
    x = stock.relu_conv_norm(x, many, 2, name=f"{name}_avg_pool", seed=seed)
    x = stock.relu(x, name=f"{name}_fc_relu")
    return stock.classifier(x, num_classes, keep_prob=1.0, name=f"{name}_fc", seed=seed)


def _size(x: keras.KerasTensor) -> tuple[int, int]:
    return x.shape[1:3]
