"""The cost of a model of stock Keras layers: parameters, operations for one image.

The problem: Keras counts weights, not operations.

The idea: of a convolution or a dense layer each element of a kernel meets each output
position once, so its operations follow from shapes. Layers without a kernel cost
nothing, as in most published figures. Any other layer's cost must be given (`add`).

Not for a model that is not made of layers, nor for the time that a model takes.
"""

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping

import keras

# Of a layer that was called: FLOPs for one image.
Cost = Callable[[keras.Layer], int]


def parameters(model: keras.Model) -> int:
    """The number of trainable numbers: kernels, scales and offsets, no statistics."""
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)


def flops(model: keras.Model) -> int:
    """Floating point operations of one image's answer.

    Counts 2 for each multiply-add of a convolution or a dense layer. Left out, as in
    most published figures, is what costs little: normalisation, ReLU, pools, biases,
    concatenation, softmax. Multiply-adds at the border, where a kernel meets padding,
    count as well.

    Raises:
      ValueError: a layer with a kernel is of no known kind.
    """
    return sum(_layer_flops(layer) for layer in model.layers)


def add(costs: Mapping[type[keras.Layer], Cost]) -> None:
    """Give the costs of more classes of layers; ValueError where one is known."""
    for kind, cost in costs.items():
        if _COSTS.setdefault(kind, cost) is not cost:
            raise ValueError(f"the cost of a {kind.__name__} is known already")


@contextlib.contextmanager
def added(costs: Mapping[type[keras.Layer], Cost]) -> Iterator[None]:
    """`add`, until the block ends."""
    before = dict(_COSTS)
    try:
        add(costs)
        yield
    finally:
        _COSTS.clear()
        _COSTS.update(before)


def _layer_flops(layer: keras.Layer) -> int:
    if isinstance(layer, keras.Model):
        return flops(layer)
    for kind, cost in _COSTS.items():
        if isinstance(layer, kind):
            return cost(layer)
    if _kernels(layer):
        raise ValueError(
            f"the FLOPs of {layer.name}, a {type(layer).__name__}, are not known: say "
            "them in `costs` of its op"
        )
    return 0


def _kernels(layer: keras.Layer) -> list[keras.Variable]:
    return [weight for weight in layer.weights if len(weight.shape) > 1]


def _of_kernels(layer: keras.Layer) -> int:
    """Of a layer each element of whose kernels meets each output position once."""
    positions = math.prod(layer.output.shape[1:-1])
    return 2 * positions * sum(math.prod(kernel.shape) for kernel in _kernels(layer))


_COSTS: dict[type[keras.Layer], Cost] = {
    keras.layers.Conv2D: _of_kernels,
    keras.layers.DepthwiseConv2D: _of_kernels,
    keras.layers.SeparableConv2D: _of_kernels,
    keras.layers.Dense: _of_kernels,
}
