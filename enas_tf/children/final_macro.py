"""The final macro child: one arc with weights of its own, of stock Keras layers alone.

Reference: reference code src/cifar10/general_child.py, `_fixed_layer`; paper section
2.3.
"""

from collections.abc import Sequence

import keras

from enas_tf.children import op_forms
from enas_tf.children.op_kinds import MacroOp, Spot
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
    filters = config.filters
    pools = macro.pool_layers(len(arc.ops))
    images = keras.Input(image_shape, name="images")
    x = stock.conv(images, filters, 3, name="stem_conv", seed=seed)
    sources = [stock.batch_norm(x, name="stem_conv_bn")]
    ops = config.named(arc.ops)
    for layer, (op, skips) in enumerate(zip(ops, arc.skips, strict=True)):
        name = f"layer_{layer}"
        spot = Spot(name, filters, seed, training=training)
        chosen = op_forms.MACRO[op]
        y = searched_op(sources[-1], chosen, spot, plain=config.plain_separable)
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


def searched_op(
    x: keras.KerasTensor, op: MacroOp, spot: Spot, *, plain: bool
) -> keras.KerasTensor:
    """ReLU - 1x1 conv - BN - ReLU, then the op and, where it has one, its BN.

    `spot` is that of the whole layer.

    # Deviation D2: the original builds separable ops as plain ones and has no pools.
    """
    name, seed = spot.name, spot.seed
    x = stock.relu_conv_norm(x, spot.filters, 1, name=f"{name}_conv_1x1", seed=seed)
    x = stock.relu(x, name=f"{name}_relu")
    if plain and op.plain:
        op = op_forms.MACRO[op.plain]
    path = f"{name}_{op.layer or op.name}"
    y = op.final(x, spot._replace(name=path))
    return stock.batch_norm(y, name=f"{path}_bn") if op.normed else y


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
