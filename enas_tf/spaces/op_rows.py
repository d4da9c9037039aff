"""The ops of every space: name, colour, what genotypes call it, in id order.

What each computes is the other half of its row: of the image spaces in
children/op_forms.py, of the rnn space in nn/recurrent.py, `FUNCTIONS`. New rows go to
the end, for the place of a row is its op's number in every arc.
"""

from typing import Any

from enas_tf.spaces.op_table import MicroOpRow, OpRow, OpTable

# Kernel size is the shade and kind of op the hue; an op of two spaces has one colour.
MACRO = OpTable(
    "macro",
    (
        OpRow("conv3x3", "#a9cbe8"),
        OpRow("sepconv3x3", "#b5dfae"),
        OpRow("conv5x5", "#5f9ccf"),
        OpRow("sepconv5x5", "#6cb865"),
        OpRow("avgpool3x3", "#fcdba6"),
        OpRow("maxpool3x3", "#f5b04d"),
    ),
)
# Separable convolutions are favoured: micro_controller.py, b_soft and b_soft_no_learn.
_FAVOURED = dict(learned_bias=10.0, fixed_bias=0.25)
MICRO = OpTable(
    "micro",
    (
        MicroOpRow("sepconv3x3", "#b5dfae", ("sep_conv_3x3",), **_FAVOURED),
        MicroOpRow("sepconv5x5", "#6cb865", ("sep_conv_5x5",), **_FAVOURED),
        MicroOpRow("avgpool3x3", "#fcdba6", ("avg_pool_3x3",)),
        MicroOpRow("maxpool3x3", "#f5b04d", ("max_pool_3x3",)),
        MicroOpRow("identity", "#d9c8ec", ("skip_connect",)),
    ),
)
RNN = OpTable(
    "rnn",
    (
        OpRow("tanh", "#a5d5d8"),
        OpRow("relu", "#f0bdb5"),
        OpRow("sigmoid", "#f1e6a0"),
        OpRow("identity", "#d9c8ec"),
    ),
)
TABLES: tuple[OpTable[Any], ...] = (MACRO, MICRO, RNN)
