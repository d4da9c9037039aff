"""An op that no file of the package has, in both image spaces: a dilated separable 3x3.

Written as another program would, with what docs/extending.md names, by hand.
"""

import keras
import tensorflow as tf

from enas_tf.children import op_forms, shared
from enas_tf.children.op_kinds import MacroOp, MicroOp
from enas_tf.nn import image_ops, seeds, stock
from enas_tf.spaces.op_table import MicroOpRow, OpRow

NAME, COLOUR = "dilsepconv3x3", "#7fc4a9"


def dilated(x, w):
    strides = [1, 1, 1, 1]
    x = tf.nn.depthwise_conv2d(x, w["depthwise"], strides, "SAME", dilations=[2, 2])
    return image_ops.pointwise(x, w["pointwise"])


def in_macro(x, spot):
    start = keras.initializers.HeNormal(seed=seeds.of_name(spot.seed, spot.name))
    layer = keras.layers.SeparableConv2D(
        spot.filters,
        3,
        dilation_rate=2,
        padding="same",
        use_bias=False,
        depthwise_initializer=start,
        name=spot.name,
    )
    return layer(x)


def normed(x, w):
    return image_ops.batch_norm(dilated(tf.nn.relu(x), w), w["scale"], w["offset"])


def normed_weights(path, filters):
    return [
        *shared.separable_weights(path, 3, filters),
        *shared.norm_weights(path, (filters,)),
    ]


def in_micro(x, spot):
    name = spot.name
    x = stock.relu(x, name=f"{name}_relu")
    x = in_macro(x, spot._replace(name=f"{name}_dilated"))
    if spot.stride > 1:  # Keras has no convolution with both
        x = stock.avg_pool(x, size=1, stride=spot.stride, name=f"{name}_stride")
    return stock.batch_norm(x, name=f"{name}_bn")


MACRO = MacroOp(
    row=OpRow(NAME, COLOUR),
    apply=dilated,
    weights=lambda path, filters: shared.separable_weights(path, 3, filters),
    final=in_macro,
    normed=True,
)
MICRO = MicroOp(
    row=MicroOpRow(NAME, COLOUR, genotypes=("dil_conv_3x3", "dil_sep_conv_3x3")),
    apply=normed,
    weights=normed_weights,
    final=in_micro,
)
TABLES = {"macro": op_forms.MACRO, "micro": op_forms.MICRO}
OPS = {"macro": MACRO, "micro": MICRO}


def added(space_name):
    return TABLES[space_name].added(OPS[space_name])


def spread(kernel):
    """The dilated [3, 3, C, 1] kernel as the plain 5x5 one that computes the same."""
    rows = tf.reshape(kernel, [3, 1, 3, 1, -1, 1])
    between = tf.pad(rows, [[0, 0], [0, 1], [0, 0], [0, 1], [0, 0], [0, 0]])
    return tf.reshape(between, [6, 6, -1, 1])[:5, :5]
