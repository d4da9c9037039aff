"""The final macro child: one arc with weights of its own, of stock Keras layers alone.

Reference: reference code src/cifar10/general_child.py, `_fixed_layer`; paper section
2.3.
"""

import functools
from collections.abc import Sequence

import keras

from enas_tf.config.sections import ChildConfig
from enas_tf.nn import stock
from enas_tf.spaces import macro
from enas_tf.spaces.macro import MacroArc


def final_macro_child(
    arc: MacroArc,
    config: ChildConfig,
    *,
    image_shape: tuple[int, int, int],
    num_classes: int,
    seed: int,
    training: bool = False,
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
      training: whether the model is only trained: its gradients are then faster.
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
            training=training,
        )
        if layer:
            y = _join(sources, skips, y, filters, name=f"{name}_skip", seed=seed)
        sources.append(y)
        if layer in pools:
            # Deviation K2 (kept): doubled here, constant in the search, as published.
            filters *= 2
            sources = [
                stock.factorized_reduction(
                    source,
                    filters,
                    name=f"pool_{layer}_from_{i}",
                    seed=seed,
                    training=training,
                )
                for i, source in enumerate(sources)  # each with weights of its own
            ]
    logits = stock.classifier(
        sources[-1], num_classes, keep_prob=config.keep_prob, name="fc", seed=seed
    )
    # Deviation D18: a model holds what leads to its logits, no unread reduction.
    return keras.Model(images, logits, name="final_macro_child")


def _branch(
    x: keras.KerasTensor,
    op: str,
    filters: int,
    *,
    plain: bool,
    name: str,
    seed: int,
    training: bool,
) -> keras.KerasTensor:
    """ReLU - 1x1 conv - BN - ReLU, then the op: a pool, or a convolution and BN.

    # Deviation D2: the original builds separable ops as plain ones and has no pools.
    """
    x = stock.relu_conv_norm(x, filters, 1, name=f"{name}_conv_1x1", seed=seed)
    x = stock.relu(x, name=f"{name}_relu")
    if op == "avgpool3x3":
        return stock.avg_pool(x, name=f"{name}_avgpool_3x3")
    if op == "maxpool3x3":
        return stock.max_pool(x, name=f"{name}_maxpool_3x3")
    size = macro.CONV_SIZES[op]
    separable = op.startswith("sep") and not plain
    conv = stock.conv
    if separable:
        conv = functools.partial(stock.separable_conv, training=training)
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
    return stock.relu_conv_norm(x, filters, 1, name=name, seed=seed)
