"""The shared macro child: every arc of the macro space on one set of weights.

Reference: reference code src/cifar10/general_child.py, `_enas_layer`; paper section
2.3.
"""

import functools
from collections.abc import Callable

import keras
import tensorflow as tf

from enas_tf.children import shared
from enas_tf.config.sections import ChildConfig
from enas_tf.nn import image_ops, switch
from enas_tf.nn.parameters import Weight
from enas_tf.nn.skips import Sources
from enas_tf.spaces import macro
from enas_tf.spaces.macro import MacroArc


class MacroLayer(keras.layers.Layer):
    """One searched layer: 1x1 conv - BN - ReLU, one of the ops, the sum of its skips.

    Holds no weights: `call` is given this layer's views. What all ops begin with is
    done once, with the chosen op's row of the stacked weights; only what differs is
    inside the switch.
    """

    def __init__(self, ops: tuple[str, ...], chosen: switch.Switch, *, name: str):
        """Args: the ops, and the switch between them, the same for all layers."""
        super().__init__(name=name)
        self._chosen = chosen
        convs = [op for op in ops if op in macro.CONV_SIZES]
        # Where "out/" has the row of an op; those without one get any row.
        self._places = tuple(convs.index(op) if op in convs else 0 for op in ops)

    def call(
        self,
        x: tf.Tensor,
        *,
        sources: Sources,
        op: tf.Tensor,
        skips: tf.Tensor,
        weights: dict[str, tf.Tensor],
    ) -> tf.Tensor:
        """Layer l.

        Args:
          x: [B, H, W, C] float32, the output of the layer before, or the stem's.
          sources: the stem's and all layers', x being the last one.
          op: [] int32.
          skips: [l] int32.
          weights: views.
        """
        row = _row(op, shared.below("in/", weights))
        x = image_ops.pointwise(x, row["kernel"])
        x = tf.nn.relu(image_ops.batch_norm(x, row["scale"], row["offset"]))
        inside = {
            n: w
            for n, w in weights.items()
            if not n.startswith(("in/", "out/", "skip/"))
        }
        # Outside of the switch, in which each node is there once for each op.
        place = tf.gather(tf.constant(self._places), op)
        inside["out"] = _row(place, shared.below("out/", weights))
        y = self._chosen(op, x, inside)
        if "skip/scale" not in weights:  # the first layer
            return y
        # Deviation K1 (kept): bit 0 is the stem, bit i the output of layer i - 1.
        total = sources.add_chosen(y, skips)
        return image_ops.batch_norm(
            total, weights["skip/scale"], weights["skip/offset"]
        )


def _row(number: tf.Tensor, tables: shared.Views) -> shared.Views:
    """The row of that number of each table [n, ...]."""
    if not tables:
        return {}
    return dict(zip(tables, _rows(number, *tables.values()), strict=True))


# The number is given, not captured, for the reason told in nn/skips.py.
@tf.custom_gradient
def _rows(number: tf.Tensor, *tables: tf.Tensor) -> tuple[list[tf.Tensor], Callable]:
    def gradient(*dys):
        # As TensorFlow does it, but in two nodes a table, not in seventeen.
        pairs = zip(dys, tables, strict=True)
        return [
            None,
            *(tf.math.unsorted_segment_sum(dy, number, t.shape[0]) for dy, t in pairs),
        ]

    return [tf.gather(table, number) for table in tables], gradient


def switch_between(ops: tuple[str, ...]) -> switch.Switch:
    """One of the ops on a map, given the weights of a layer."""
    # Deviation D1: bound early. The original's branches all ran the last one.
    return switch.Switch([functools.partial(_op, name) for name in ops])


def _op(name: str, x: tf.Tensor, weights: shared.Views) -> tf.Tensor:
    if name == "avgpool3x3":
        return image_ops.avg_pool(x)
    if name == "maxpool3x3":
        return image_ops.max_pool(x)
    if name.startswith("sep"):
        kernels = weights[f"{name}/depthwise"], weights[f"{name}/pointwise"]
        y = image_ops.separable_conv(x, *kernels)
    else:
        y = image_ops.conv(x, weights[f"{name}/kernel"])
    out = weights["out"]
    epsilon = image_ops.BN_MASKED_EPSILON
    return tf.nn.relu(
        image_ops.batch_norm(y, out["scale"], out["offset"], epsilon=epsilon)
    )


class SharedMacroChild(shared.SharedImageChild):
    """Every arc of the macro space on one set of weights."""

    def __init__(
        self,
        space: macro.MacroSpace,
        config: ChildConfig,
        *,
        image_shape: tuple[int, int, int],
        num_classes: int,
        seed: int,
    ):
        """Args: what to search, its sizes, [H, W, channels], and the initial seed."""
        filters = config.out_filters * config.out_filters_scale
        weights = _weights(space, filters, image_shape[2], num_classes)
        super().__init__(weights, keep_prob=config.keep_prob, seed=seed)
        self.pools = macro.pool_layers(space.num_layers)
        # A tuple: Keras loses layers that are kept in a list when it saves.
        chosen = switch_between(space.ops)
        self.blocks = tuple(
            MacroLayer(space.ops, chosen, name=f"layer_{layer}")
            for layer in range(space.num_layers)
        )

    def features(
        self, x: tf.Tensor, views: shared.Views, *, arc: MacroArc
    ) -> shared.Features:
        """See base."""
        sources = Sources([x])
        for layer, block in enumerate(self.blocks):
            own = shared.below(f"layer_{layer}/", views)
            op, skips = arc.ops[layer], arc.skips[layer]
            x = block(x, sources=sources, op=op, skips=skips, weights=own)
            sources.append(x)
            if layer in self.pools:
                halves = _reduce(sources.all(), shared.below(f"pool_{layer}/", views))
                x, sources = halves[-1], Sources(halves)
        return shared.Features(sources.last())


def _reduce(sources: list[tf.Tensor], weights: shared.Views) -> list[tf.Tensor]:
    """Halve every map so far, each with weights of its own."""
    rows = zip(
        *(tf.unstack(weights[n]) for n in ("path1", "path2", "scale", "offset")),
        strict=True,
    )
    return [
        image_ops.factorized_reduction(x, *row)
        for x, row in zip(sources, rows, strict=True)
    ]


def _weights(
    space: macro.MacroSpace, filters: int, channels: int, num_classes: int
) -> list[Weight]:
    """Every weight of the shared child, in a fixed order."""
    weights = shared.stem_weights(channels, filters)
    for layer in range(space.num_layers):
        weights += _layer_weights(f"layer_{layer}", space.ops, filters)
        if layer:
            weights += shared.norm_weights(f"layer_{layer}/skip", (filters,))
        if layer in macro.pool_layers(space.num_layers):
            weights += shared.reduction_weights(
                f"pool_{layer}", filters, filters, rows=(layer + 2,)
            )
    return weights + shared.classifier_weights(filters, num_classes)


def _layer_weights(layer: str, ops: tuple[str, ...], filters: int) -> list[Weight]:
    square = (filters, filters)
    weights = [
        Weight(f"{layer}/in/kernel", (len(ops), *square), fan_in=filters),
        *shared.norm_weights(f"{layer}/in", (len(ops), filters)),
    ]
    convs = [op for op in ops if op in macro.CONV_SIZES]
    for op in convs:
        size = macro.CONV_SIZES[op]
        if op.startswith("sep"):
            weights += shared.separable_weights(f"{layer}/{op}", size, filters)
        else:
            shape = (size, size, *square)
            fan_in = size * size * filters
            weights.append(Weight(f"{layer}/{op}/kernel", shape, fan_in=fan_in))
    if convs:
        weights += shared.norm_weights(f"{layer}/out", (len(convs), filters))
    return weights
