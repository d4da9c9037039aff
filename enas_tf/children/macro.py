"""The macro children: the shared one of every arc, and the final one of one arc.

Reference: reference code src/cifar10/general_child.py, `_enas_layer` and
`_fixed_layer`; paper section 2.3.
"""

from collections.abc import Sequence

import keras
import tensorflow as tf

from enas_tf.children.output import ChildOutput
from enas_tf.config import ChildConfig
from enas_tf.nn import image_ops, stock
from enas_tf.nn.parameters import Parameters, Weight
from enas_tf.spaces import macro
from enas_tf.spaces.macro import MacroArc

# Kernel size of the convolutions among macro.OPS; separable ones have two kernels.
CONV_SIZES = dict(conv3x3=3, sepconv3x3=3, conv5x5=5, sepconv5x5=5)


class MacroLayer(keras.layers.Layer):
    """One searched layer: 1x1 conv - BN - ReLU, one of the ops, the sum of its skips.

    Holds no weights: `call` is given this layer's views. What all ops begin with is
    done once, with the chosen op's row of the stacked weights; only what differs is
    inside the switch.
    """

    def __init__(self, ops: tuple[str, ...], *, name: str):
        """Args: the names of the ops to switch between."""
        super().__init__(name=name)
        self.ops = ops
        self.convs = tuple(op for op in ops if op in CONV_SIZES)

    def call(
        self,
        sources: list[tf.Tensor],
        *,
        op: tf.Tensor,
        skips: tf.Tensor,
        weights: dict[str, tf.Tensor],
    ) -> tf.Tensor:
        """Args: [stem, out_0, ...] of [B, H, W, C]; [] int32; [l] int32; views."""
        row = {
            name: tf.gather(weights[f"in/{name}"], op)
            for name in ("kernel", "scale", "offset")
        }
        x = image_ops.pointwise(sources[-1], row["kernel"])
        x = tf.nn.relu(image_ops.batch_norm(x, row["scale"], row["offset"]))
        y = self._switch(x, op, weights)
        if len(sources) == 1:
            return y
        # Deviation K1 (kept): bit 0 is the stem, bit i the output of layer i - 1.
        bits = tf.unstack(tf.cast(skips, y.dtype))
        chosen = [bit * source for bit, source in zip(bits, sources, strict=False)]
        total = tf.add_n([y, *chosen])
        return image_ops.batch_norm(
            total, weights["skip/scale"], weights["skip/offset"]
        )

    def _switch(self, x: tf.Tensor, op: tf.Tensor, weights: dict) -> tf.Tensor:
        """The chosen op on x; no other one is computed or given a gradient."""
        branches = []
        for name in self.ops:
            # Deviation D1: bound early. The original's branches all ran the last one.
            branches.append(lambda name=name: self._op(name, x, weights))
        y = tf.switch_case(tf.convert_to_tensor(op), branches)
        y.set_shape(x.shape)
        return y

    def _op(self, name: str, x: tf.Tensor, weights: dict) -> tf.Tensor:
        if name == "avgpool3x3":
            return image_ops.avg_pool(x)
        if name == "maxpool3x3":
            return image_ops.max_pool(x)
        if name.startswith("sep"):
            depthwise, point = (
                weights[f"{name}/depthwise"],
                weights[f"{name}/pointwise"],
            )
            y = image_ops.separable_conv(x, depthwise, point)
        else:
            y = image_ops.conv(x, weights[f"{name}/kernel"])
        row = self.convs.index(name)
        scale, offset = weights["out/scale"][row], weights["out/offset"][row]
        y = image_ops.batch_norm(y, scale, offset, epsilon=image_ops.BN_MASKED_EPSILON)
        return tf.nn.relu(y)


class SharedMacroChild(keras.layers.Layer):
    """Every arc of the macro space on one set of weights.

    Normalises with the batch's own statistics in training and evaluation alike.
    """

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
        super().__init__(name="shared_child")
        self.keep_prob = config.keep_prob
        self.pools = macro.pool_layers(space.num_layers)
        filters = config.out_filters * config.out_filters_scale
        specs = _shared_weights(space, filters, image_shape[2], num_classes)
        self.parameters = Parameters(specs, seed=seed)
        # A tuple: Keras loses layers that are kept in a list when it saves.
        self.blocks = tuple(
            MacroLayer(space.ops, name=f"layer_{layer}")
            for layer in range(space.num_layers)
        )
        self.built = True

    def call(
        self,
        images: tf.Tensor,
        *,
        arc: MacroArc,
        training: bool = False,
        seed: tf.Tensor | None = None,
    ) -> ChildOutput:
        """Run one arc.

        Args:
          images: [B, H, W, channels] float32, standardised.
          arc: of scalar int tensors (or ints).
          training: whether to drop features before the classifier.
          seed: [2] int32 for that, needed in training.
        """
        weights = self.parameters.views()
        x = image_ops.conv(images, weights["stem/kernel"])
        x = image_ops.batch_norm(x, weights["stem/scale"], weights["stem/offset"])
        sources = [x]
        for layer, block in enumerate(self.blocks):
            own = _below(f"layer_{layer}/", weights)
            op, skips = arc.ops[layer], arc.skips[layer]
            sources.append(block(sources, op=op, skips=skips, weights=own))
            if layer in self.pools:
                sources = _reduce_shared(sources, _below(f"pool_{layer}/", weights))
        features = image_ops.global_average(sources[-1])
        if training:
            features = image_ops.dropout(features, self.keep_prob, seed)
        return ChildOutput(tf.matmul(features, weights["classifier/kernel"]))


def _below(prefix: str, weights: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    length = len(prefix)
    return {n[length:]: w for n, w in weights.items() if n.startswith(prefix)}


def _reduce_shared(sources: list, weights: dict[str, tf.Tensor]) -> list[tf.Tensor]:
    """Halve every tensor so far, each with weights of its own."""
    rows = zip(
        *(tf.unstack(weights[n]) for n in ("path1", "path2", "scale", "offset")),
        strict=True,
    )
    return [
        image_ops.factorized_reduction(x, *row)
        for x, row in zip(sources, rows, strict=True)
    ]


def _shared_weights(
    space: macro.MacroSpace, filters: int, channels: int, num_classes: int
) -> list[Weight]:
    """Every weight of the shared child, in a fixed order.

    # Deviation D9: fan-in is that of the kernel really applied (depthwise: k * k).
    """
    weights = [
        Weight("stem/kernel", (3, 3, channels, filters), fan_in=9 * channels),
        *_norm("stem", (filters,)),
    ]
    for layer in range(space.num_layers):
        weights += _layer_weights(f"layer_{layer}", space.ops, filters)
        if layer:
            weights += _norm(f"layer_{layer}/skip", (filters,))
        if layer in macro.pool_layers(space.num_layers):
            path = (layer + 2, filters, filters // 2)
            weights += [
                Weight(f"pool_{layer}/path1", path, fan_in=filters),
                Weight(f"pool_{layer}/path2", path, fan_in=filters),
                *_norm(f"pool_{layer}", (layer + 2, filters)),
            ]
    classifier = Weight("classifier/kernel", (filters, num_classes), fan_in=filters)
    return [*weights, classifier]


def _layer_weights(layer: str, ops: tuple[str, ...], filters: int) -> list[Weight]:
    square = (filters, filters)
    weights = [
        Weight(f"{layer}/in/kernel", (len(ops), *square), fan_in=filters),
        *_norm(f"{layer}/in", (len(ops), filters)),
    ]
    convs = [op for op in ops if op in CONV_SIZES]
    for op in convs:
        size = CONV_SIZES[op]
        if op.startswith("sep"):
            depthwise = (size, size, filters, 1)
            weights += [
                Weight(f"{layer}/{op}/depthwise", depthwise, fan_in=size * size),
                Weight(f"{layer}/{op}/pointwise", square, fan_in=filters),
            ]
        else:
            shape = (size, size, *square)
            fan_in = size * size * filters
            weights.append(Weight(f"{layer}/{op}/kernel", shape, fan_in=fan_in))
    if convs:
        weights += _norm(f"{layer}/out", (len(convs), filters))
    return weights


def _norm(name: str, shape: tuple[int, ...]) -> list[Weight]:
    return [
        Weight(f"{name}/scale", shape, constant=1.0),
        Weight(f"{name}/offset", shape),
    ]


def final_macro_child(
    arc: MacroArc,
    config: ChildConfig,
    *,
    image_shape: tuple[int, int, int],
    num_classes: int,
    seed: int,
) -> keras.Model:
    """Standardised images [B, H, W, channels] float32 -> logits [B, num_classes].

    Of the reductions of a pool layer the model holds those that something reads; one
    that no later layer reads has no influence, and the original's count includes it.

    Args:
      arc: of ints; the number of layers is that of its ops.
      config: filters, dropout, and whether separable convolutions are plain ones.
      image_shape: [H, W, channels].
      num_classes: classes to tell apart.
      seed: of all initial weights and of dropout.
    """
    filters = config.out_filters * config.out_filters_scale
    pools = macro.pool_layers(len(arc.ops))
    images = keras.Input(image_shape, name="images")
    x = stock.conv(images, filters, 3, name="stem_conv", seed=seed)
    sources = [stock.batch_norm(x, name="stem_conv_bn")]
    for layer, (op, skips) in enumerate(zip(arc.ops, arc.skips, strict=True)):
        name = f"layer_{layer}"
        y = _branch(
            sources[-1],
            macro.OPS[op],
            filters,
            plain=config.plain_separable,
            name=name,
            seed=seed,
        )
        if layer:
            y = _join(sources, skips, y, filters, name=f"{name}_skip", seed=seed)
        sources.append(y)
        if layer in pools:
            # Deviation K2 (kept): doubled here, constant in the search, as published.
            filters *= 2
            sources = _reduce_all(sources, filters, name=f"pool_{layer}", seed=seed)
    logits = stock.classifier(
        sources[-1], num_classes, keep_prob=config.keep_prob, name="fc", seed=seed
    )
    # Deviation D18: a model holds what leads to its logits, no unread reduction.
    return keras.Model(images, logits, name="final_macro_child")


def _branch(
    x: keras.KerasTensor, op: str, filters: int, *, plain: bool, name: str, seed: int
) -> keras.KerasTensor:
    """ReLU - 1x1 conv - BN - ReLU, then the op: a pool, or a convolution and BN.

    # Deviation D2: the original builds separable ops as plain ones and has no pools.
    """
    x = stock.relu(x, name=f"{name}_relu")
    x = stock.conv(x, filters, 1, name=f"{name}_conv_1x1", seed=seed)
    x = stock.batch_norm(x, name=f"{name}_conv_1x1_bn")
    x = stock.relu(x, name=f"{name}_conv_1x1_relu")
    if op == "avgpool3x3":
        return stock.avg_pool(x, name=f"{name}_avgpool_3x3")
    if op == "maxpool3x3":
        return stock.max_pool(x, name=f"{name}_maxpool_3x3")
    size = CONV_SIZES[op]
    separable = op.startswith("sep") and not plain
    conv = stock.separable_conv if separable else stock.conv
    path = f"{name}_{'sepconv' if separable else 'conv'}_{size}x{size}"
    y = conv(x, filters, size, name=path, seed=seed)
    return stock.batch_norm(y, name=f"{path}_bn")


def _join(
    sources: list[keras.KerasTensor],
    skips: Sequence[int],
    y: keras.KerasTensor,
    filters: int,
    *,
    name: str,
    seed: int,
) -> keras.KerasTensor:
    """The skipped-from tensors and y side by side, then ReLU - 1x1 conv - BN."""
    # The last source is the op's input and has no bit.
    chosen = [x for bit, x in zip(skips, sources, strict=False) if bit]
    x = stock.concat([*chosen, y], name=f"{name}_concat")
    x = stock.relu(x, name=f"{name}_relu")
    x = stock.conv(x, filters, 1, name=name, seed=seed)
    return stock.batch_norm(x, name=f"{name}_bn")


def _reduce_all(
    sources: list[keras.KerasTensor], filters: int, *, name: str, seed: int
) -> list[keras.KerasTensor]:
    """Halve every tensor so far, each with weights of its own."""
    return [
        stock.factorized_reduction(x, filters, name=f"{name}_from_{i}", seed=seed)
        for i, x in enumerate(sources)
    ]
