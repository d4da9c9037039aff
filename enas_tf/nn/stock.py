"""The blocks of a final image child, built from stock Keras layers alone.

The problem: a final child must load where this package is not installed, so it may
have no layer of ours, though some of ours have faster gradients.

The idea: each block is a function that applies layers of Keras' own to a symbolic map.
Where `training` is true the model is only trained, never saved as a model, and has
layers that do the same with better gradients. Nor is a model saved that was built in a
scope of lower precision (nn/precision.py).

Not for a shared child, whose ops are functions of its one vector (nn/image_ops.py), nor
for language models, which need a layer of ours (nn/language.py).

Each function takes a symbolic x: [B, H, W, C] float32; `name` is the path of the layers
that it creates. The seed of each kernel is folded from (`seed`, `name`).
Reference: src/cifar10/image_ops.py, src/common_ops.py.
"""

import functools
import math

import keras

from enas_tf.nn import depthwise, halving, image_ops, precision, seeds
from enas_tf.nn import max_pool as max_pool_ops

BN_MOMENTUM = 0.9  # image_ops.py, batch_norm


def conv(
    x: keras.KerasTensor,
    filters: int,
    size: int,
    *,
    name: str,
    seed: int,
) -> keras.KerasTensor:
    """`size` x `size` convolution without bias, [B, H, W, filters]."""
    kernel = _he_normal(size * size * x.shape[-1], name, seed)
    layer = keras.layers.Conv2D(
        filters,
        size,
        padding="same",
        use_bias=False,
        kernel_initializer=kernel,
        name=name,
        dtype=precision.policy(),
    )
    return layer(x)


def separable_conv(
    x: keras.KerasTensor,
    filters: int,
    size: int,
    *,
    stride: int = 1,
    name: str,
    seed: int,
    training: bool = False,
) -> keras.KerasTensor:
    """Depthwise `size` x `size`, then 1x1 to `filters`; nothing in between, no bias.

    `stride` is that of the depthwise one.

    # Deviation D9: fan-in is that of the kernel really applied (depthwise: k * k).
    """
    # A stock layer has one type for both of its products.
    own = training or precision.is_lower()
    kind = depthwise.SeparableConv2D if own else keras.layers.SeparableConv2D
    layer = kind(
        filters,
        size,
        strides=stride,
        padding="same",
        use_bias=False,
        depthwise_initializer=_he_normal(size * size, f"{name}/depthwise", seed),
        pointwise_initializer=_he_normal(x.shape[-1], f"{name}/pointwise", seed),
        name=name,
    )
    return layer(x)


def batch_norm(x: keras.KerasTensor, *, name: str) -> keras.KerasTensor:
    """Batch statistics in training, moving ones in inference.

    # Deviation D11: Keras' plain moving averages, not the original's debiased ones.
    """
    return keras.layers.BatchNormalization(
        momentum=BN_MOMENTUM, epsilon=image_ops.BN_EPSILON, name=name
    )(x)


def relu(x: keras.KerasTensor, *, name: str) -> keras.KerasTensor:
    """max(x, 0)."""
    return keras.layers.ReLU(name=name)(x)


def relu_conv_norm(
    x: keras.KerasTensor, filters: int, size: int, *, name: str, seed: int
) -> keras.KerasTensor:
    """ReLU - `size` x `size` convolution - BN."""
    x = relu(x, name=f"{name}_relu")
    x = conv(x, filters, size, name=name, seed=seed)
    return batch_norm(x, name=f"{name}_bn")


def avg_pool(
    x: keras.KerasTensor,
    *,
    name: str,
    size: int = 3,
    stride: int = 1,
    padding: str = "same",
) -> keras.KerasTensor:
    """`size` x `size` average; divides by the pixels inside the image."""
    return keras.layers.AveragePooling2D(size, stride, padding, name=name)(x)


def max_pool(
    x: keras.KerasTensor, *, name: str, stride: int = 1, training: bool = False
) -> keras.KerasTensor:
    """3x3 maximum, [B, ceil(H / stride), ceil(W / stride), C]."""
    kind = max_pool_ops.MaxPooling2D if training else keras.layers.MaxPooling2D
    return kind(3, stride, padding="same", name=name)(x)


def add(tensors: list[keras.KerasTensor], *, name: str) -> keras.KerasTensor:
    """The sum, pixel by pixel."""
    return keras.layers.Add(name=name)(tensors)


def concat(tensors: list[keras.KerasTensor], *, name: str) -> keras.KerasTensor:
    """Side by side on the channels; one tensor alone stays as it is."""
    if len(tensors) == 1:
        return tensors[0]
    return keras.layers.Concatenate(axis=-1, name=name)(tensors)


def factorized_reduction(
    x: keras.KerasTensor,
    filters: int,
    *,
    name: str,
    seed: int,
    training: bool = False,
) -> keras.KerasTensor:
    """Halve height and width without losing a pixel: two 1x1 convolutions.

    Each sees every second row and column, the second one of x shifted by (1, 1), zeros
    beyond the edge. No ReLU inside.
    [B, H, W, C] -> [B, ceil(H / 2), ceil(W / 2), filters]; `filters` is even.
    """
    half = filters // 2
    every_second = _corners if training and halving.has_blocks(x) else _every_second
    paths = [
        conv(part, half, 1, name=f"{name}_path{number}", seed=seed)
        for number, part in enumerate(every_second(x, name=name), start=1)
    ]
    joined = concat(paths, name=f"{name}_concat")
    return batch_norm(joined, name=f"{name}_bn")


def classifier(
    x: keras.KerasTensor, num_classes: int, *, keep_prob: float, name: str, seed: int
) -> keras.KerasTensor:
    """Global average, dropout in training, linear: [B, num_classes] logits."""
    x = keras.layers.GlobalAveragePooling2D(name=f"{name}_average")(x)
    if keep_prob < 1.0:
        drop_name = f"{name}_dropout"
        x = keras.layers.Dropout(
            1.0 - keep_prob, seed=seeds.of_name(seed, drop_name), name=drop_name
        )(x)
    kernel = _he_normal(x.shape[-1], name, seed)
    return keras.layers.Dense(
        num_classes, use_bias=False, kernel_initializer=kernel, name=name
    )(x)


def _every_second(x: keras.KerasTensor, *, name: str) -> list[keras.KerasTensor]:
    """Every second row and column of x, and of x shifted."""
    shifted = _shifted(x, name=f"{name}_shift")
    # Not the convolution's stride: see halving.every_second_pixel.
    halve = functools.partial(avg_pool, size=1, stride=2, padding="valid")
    return [
        halve(part, name=f"{name}_path{number}_half")
        for number, part in enumerate((x, shifted), start=1)
    ]


def _corners(x: keras.KerasTensor, *, name: str) -> list[keras.KerasTensor]:
    """The same of even sides."""
    # As many layers as above: by their number Keras puts a model's weights in order.
    second = keras.layers.Identity(name=f"{name}_shift_crop")(x)
    return [
        halving.Corner(number, name=f"{name}_path{number + 1}_half")(part)
        for number, part in enumerate((x, second))
    ]


def _shifted(x: keras.KerasTensor, *, name: str) -> keras.KerasTensor:
    """x from row 1 and column 1 on, as far as every second pixel needs it."""
    odd_rows, odd_columns = x.shape[1] % 2, x.shape[2] % 2
    if odd_rows or odd_columns:
        # Only at an odd size does the last taken pixel lie beyond the edge.
        beyond = ((0, odd_rows), (0, odd_columns))
        x = keras.layers.ZeroPadding2D(beyond, name=f"{name}_pad")(x)
    return keras.layers.Cropping2D(((1, 0), (1, 0)), name=f"{name}_crop")(x)


def _he_normal(fan_in: int, name: str, seed: int) -> keras.Initializer:
    # Not keras.initializers.HeNormal, which widens the normal to make up for the cut.
    return keras.initializers.TruncatedNormal(
        stddev=math.sqrt(2.0 / fan_in), seed=seeds.of_name(seed, name)
    )
