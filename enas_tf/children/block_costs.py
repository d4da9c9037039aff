"""What the blocks of a final image child cost, by arithmetic.

The problem: to know the size of an arc's final child one had to build it, which takes
seconds; whoever looks for arcs of some size counts thousands.

The idea: a block of nn/stock.py costs what its shapes say, so all that joins the ops of
a child is a few products. An op may be anything: its stock Keras form is built for each
kind of place, and counted (`of_form`). That takes longest, and a run asks several
times, so the process keeps what `KEPT` of them cost.

A cost is [..., 2] int64, trainable parameters and FLOPs for one image, as nn/cost.py
counts them, so that costs can be added. Channels may be those of many arcs, [N]. A size
is that of the answer.
"""

from collections.abc import Callable

import keras
import numpy as np

from enas_tf.nn import cost
from enas_tf.spaces.costs import Costs

Size = tuple[int, int]  # height, width
KEPT = 512  # ops in places, of each space
Form = Callable[[keras.KerasTensor], keras.KerasTensor]


def conv(
    channels: int | np.ndarray, filters: int, kernel: int, size: Size
) -> np.ndarray:
    """`stock.conv` from `channels` to `filters`, `kernel` x `kernel`."""
    weights = np.asarray(channels, np.int64) * (kernel * kernel * filters)
    height, width = size
    return np.stack([weights, 2 * height * width * weights], axis=-1)


def conv_norm(
    channels: int | np.ndarray, filters: int, kernel: int, size: Size
) -> np.ndarray:
    """The same with BN behind it; a ReLU before it costs nothing."""
    return conv(channels, filters, kernel, size) + _norm(filters)


def factorized_reduction(
    channels: int | np.ndarray, filters: int, size: Size
) -> np.ndarray:
    """`stock.factorized_reduction` to a map of that size."""
    half = filters // 2
    return 2 * conv(channels, half, 1, size) + _norm(2 * half)


def classifier(channels: int | np.ndarray, num_classes: int) -> np.ndarray:
    """`stock.classifier`: a matrix."""
    return conv(channels, num_classes, 1, (1, 1))


def halved(size: Size) -> Size:
    """Half of each side, rounded up."""
    height, width = size
    return -(-height // 2), -(-width // 2)


def of_form(form: Form, size: Size, channels: int) -> np.ndarray:
    """The cost of `form` on a map of that size and channels, [2], by building it."""
    x = keras.Input((*size, channels), name="x")
    model = keras.Model(x, form(x), name="form")
    return np.asarray([cost.parameters(model), cost.flops(model)], np.int64)


def as_costs(totals: np.ndarray) -> Costs:
    """[N, 2] -> the costs of N arcs."""
    parameters, flops = totals.T
    return Costs(parameters, flops)


def _norm(filters: int) -> np.ndarray:
    """`stock.batch_norm`: a scale and an offset; its statistics are not trained."""
    return np.asarray([2 * filters, 0], np.int64)
