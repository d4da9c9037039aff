"""What a model of stock Keras layers costs: parameters and operations for one image."""

import math

import keras

# Every element of their kernels meets each output position once.
COUNTED = (
    keras.layers.Conv2D,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv2D,
    keras.layers.Dense,
)


def parameters(model: keras.Model) -> int:
    """The number of trainable numbers: kernels, scales and offsets, no statistics."""
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)


def flops(model: keras.Model) -> int:
    """Floating point operations of one image's answer.

    Counts 2 for each multiply-add of a convolution or a dense layer. Left out, as in
    most published figures, is what costs little: normalisation, ReLU, pools, biases,
    concatenation, softmax. Multiply-adds at the border, where a kernel meets padding,
    count as well.
    """
    return sum(_layer_flops(layer) for layer in model.layers)


def _layer_flops(layer: keras.Layer) -> int:
    if isinstance(layer, keras.Model):
        return flops(layer)
    if not isinstance(layer, COUNTED):
        return 0
    positions = math.prod(layer.output.shape[1:-1])
    kernels = [weight for weight in layer.weights if len(weight.shape) > 1]
    return 2 * positions * sum(math.prod(kernel.shape) for kernel in kernels)
